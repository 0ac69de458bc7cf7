import { UserError } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import type { Fault } from "./fault.ts";
import { parseFault } from "./parse-fault.ts";

/** What can go wrong with what runs already, beside what a rehearsal knows. */
export type LiveFault = RehearsedFault | StruckFault;

/** What a rehearsal knows too. */
export type RehearsedFault = Extract<Fault, { readonly fault: "errors" | "latency" | "crash" | "crash-at-start" | "dependency" }>;

export type StruckFault = {
  readonly text: string;
  readonly fault: "kill" | "pause" | "down" | "slow";
  /** A service or a resource. */
  readonly service: string;
  readonly fromMs: number;
  readonly forMs?: number;
  /** `slow`: so long it stands still, again and again. */
  readonly stillMs?: number;
};

const form =
  /^(?<of>[a-z][a-z0-9-]*):(?<kind>kill|pause|down|slow)(?:=(?<amount>[^@+]+))?(?:@(?<from>[^+]+))?(?:\+(?<span>.+))?$/;
const longestMs = 3_600_000;

/** `api:kill@5s`, `api:pause+10s`, `cache:down`, `cache:slow=200ms`, and the words of a rehearsal; undefined for `none`. */
export function parseLiveFault(text: string): LiveFault | undefined {
  const { of, kind, amount, from, span } = form.exec(text.slice(0, 200))?.groups ?? {};
  if (of === undefined || kind === undefined) return rehearsed(text);
  const [fromMs, forMs, stillMs] = [from, span, amount].map((one) => (one === undefined ? undefined : spanIn(text, one)));
  if ((kind === "slow") !== (amount !== undefined) || (stillMs !== undefined && (stillMs < 10 || stillMs > 60_000)))
    throw unknown(
      text,
      kind === "slow" ? "say how long it stands still each time, as cache:slow=200ms" : `${kind} takes no amount`,
    );
  return {
    text,
    fault: kind as "kill",
    service: of,
    fromMs: fromMs ?? 0,
    ...(forMs !== undefined && { forMs }),
    ...(stillMs !== undefined && { stillMs }),
  };
}

export function isStruck(one: LiveFault): one is StruckFault {
  return one.fault === "kill" || one.fault === "pause" || one.fault === "down" || one.fault === "slow";
}

function rehearsed(text: string): LiveFault | undefined {
  const fault = parseFault(text);
  if (fault?.fault === "smoke" || fault?.fault === "leak")
    throw new UserError("unknown-fault", `${shown(text)} cannot be made to happen to what runs`, {
      hint: fault.fault === "leak" ? "crash@10m has the same end" : "a release whose smoke tests fail shows it",
    });
  return fault;
}

function spanIn(text: string, span: string): number {
  const ms = parseDurationMs(span);
  if (ms === undefined || ms > longestMs) throw unknown(text, `${shown(span)} is no span of at most an hour; write it as 10s`);
  return ms;
}

function unknown(text: string, hint: string): UserError {
  return new UserError("unknown-fault", `${shown(text)} is no fault that can be made to happen`, { hint });
}
