import { UserError } from "../../lib/errors.ts";
import { parseDurationMs, parseShare } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import type { Fault, FaultKind } from "./fault.ts";

const form = /^(?:(?<service>[a-z][a-z0-9-]*):)?(?<kind>[a-z-]+)(?:=(?<amount>[^@]+?))?(?:@(?<from>[^+]+)(?:\+(?<span>.+))?)?$/;
const examples =
  "errors=3%, latency=+20%, crash@10m, crash-at-start, leak=2h, smoke, dependency=30%@10m+5m or none, and api:errors=3% of one service";

/** `errors=3%`, `errors=3%@10m`, `api:latency=+20%`, `dependency=30%@10m+5m`; undefined for `none`. */
export function parseFault(text: string): Fault | undefined {
  if (text === "none") return undefined;
  const { service, kind, amount, from, span } = form.exec(text.slice(0, 200))?.groups ?? {};
  if (kind === undefined) throw unknown(text);
  const about = {
    text,
    fromMs: from === undefined ? 0 : spanOf(text, from),
    ...(service === undefined ? {} : { service }),
    ...(span === undefined ? {} : { forMs: spanOf(text, span) }),
  };
  const found = kindOf(text, kind, amount);
  if (kind === "crash" && about.fromMs < 1_000) throw unknown(text, "say when it crashes, as crash@10m");
  return { ...about, ...found };
}

function kindOf(text: string, kind: string, amount: string | undefined): FaultKind {
  switch (kind) {
    case "errors":
      return { fault: kind, share: shareIn(text, amount) };
    case "latency":
      return { fault: kind, times: timesIn(text, amount) };
    case "leak":
      return { fault: kind, fullAfterMs: Math.max(1_000, spanOf(text, amount ?? "1h")) };
    case "dependency":
      return { fault: kind, share: shareIn(text, amount) };
    case "crash":
    case "crash-at-start":
    case "smoke":
      if (amount !== undefined) throw unknown(text, `${kind} takes no amount`);
      return { fault: kind };
    default:
      throw unknown(text);
  }
}

function shareIn(text: string, amount: string | undefined): number {
  const share = amount === undefined ? undefined : parseShare(amount);
  if (share === undefined || share > 1) throw unknown(text, "say how many requests fail, as 3%");
  return share;
}

/** `+20%` and `x1.5`: never faster, which is no fault. */
function timesIn(text: string, amount = ""): number {
  const more = amount.startsWith("+") ? parseShare(amount.slice(1)) : undefined;
  const times = more === undefined ? (/^x\d+(\.\d+)?$/.test(amount) ? Number(amount.slice(1)) : undefined) : 1 + more;
  if (times === undefined || times < 1 || times > 1_000) throw unknown(text, "say how much slower, as +20% or x1.5");
  return times;
}

function spanOf(text: string, span: string): number {
  const ms = parseDurationMs(span);
  if (ms === undefined) throw unknown(text, `${shown(span)} is no span; write it as 10m`);
  return ms;
}

function unknown(text: string, hint = `write it as ${examples}`): UserError {
  return new UserError("unknown-fault", `${shown(text)} is no fault that can be rehearsed`, { hint });
}
