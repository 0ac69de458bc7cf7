import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs, parseShare } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";

// What a load is to bring about, in a line: `replicas(api) > 1`, `alert(API errors) fires`, `p95 < 300ms`, `errors < 1%`.

type Comparison = ">" | ">=" | "<" | "<=" | "=";

export type Expectation = { readonly text: string } & (
  | { readonly of: "replicas"; readonly service: string; readonly is: Comparison; readonly value: number }
  | { readonly of: "query"; readonly expr: string; readonly is: Comparison; readonly value: number }
  | { readonly of: "scaling"; readonly service: string }
  | { readonly of: "alerts" }
  | { readonly of: "alert"; readonly name: string; readonly fires: boolean }
  | { readonly of: "latency"; readonly part: number; readonly is: Comparison; readonly value: number }
  | { readonly of: "errors"; readonly is: Comparison; readonly value: number }
);

/** What the looks saw of one number: nothing where none of them could be had. */
export type Seen = { readonly least: number; readonly most: number; readonly last: number } | undefined;

/** Whether there were as many replicas as the requests under way asked for. */
export type Scaling = {
  readonly first: number;
  readonly most: number;
  /** As many as the spec allows. */
  readonly limit: number;
  /** So many were asked for, for two seconds at least. */
  readonly asked: number;
  /** The longest time in which there were fewer than were asked for, and than there may be. */
  readonly lateMs: number;
};

export type Outcome = {
  readonly scaling: (service: string) => Scaling | undefined;
  /** Those that fired, and those of which it could not be told. */
  readonly alerts: () => { readonly fired: readonly string[]; readonly untold: readonly string[] } | undefined;
  readonly replicas: (service: string) => Seen;
  readonly query: (expr: string) => Seen;
  /** Whether it was seen firing; undefined where it could not be told. */
  readonly fired: (alert: string) => boolean | undefined;
  readonly latencyMs: (part: number) => number | undefined;
  readonly errorShare: () => number | undefined;
};

export type Verdict = {
  readonly expectation: string;
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly because: string;
};

const comparison = /^(?<left>.+?)\s*(?<is>>=|<=|>|<|=)\s*(?<right>\S+)$/;
const call = /^(?<name>replicas|alert|query)\((?<about>.+)\)$/;
const examples = '"replicas(api) > 1", "alert(API errors) fires", "alert(API errors) is quiet", "p95 < 300ms" or "errors < 1%"';

export function parseExpectation(text: string): Expectation {
  const short = text.slice(0, 1_000).trim();
  const alert = /^alert\((?<name>.+)\) (?<what>fires|is quiet)$/.exec(short)?.groups;
  if (alert !== undefined) return { text: short, of: "alert", name: alert["name"] ?? "", fires: alert["what"] === "fires" };
  const scaling = /^scaling\((?<service>.+)\)$/.exec(short)?.groups?.["service"];
  if (scaling !== undefined) return { text: short, of: "scaling", service: scaling };
  if (short === "alerts are quiet") return { text: short, of: "alerts" };
  const { left = "", is = "", right = "" } = comparison.exec(short)?.groups ?? {};
  const found = call.exec(left)?.groups;
  const compared = { text: short, is: is as Comparison };
  const about = found?.["about"] ?? "";
  if (found?.["name"] === "replicas") return { ...compared, of: "replicas", service: about, value: numberIn(text, right) };
  if (found?.["name"] === "query") return { ...compared, of: "query", expr: about, value: numberIn(text, right) };
  if (left === "errors") {
    const share = parseShare(right);
    if (share !== undefined && share <= 1) return { ...compared, of: "errors", value: share };
  }
  const part = left === "max" ? 100 : /^p\d{1,2}(\.\d+)?$/.test(left) ? Number(left.slice(1)) : undefined;
  const ms = parseDurationMs(right);
  if (part !== undefined && part > 0 && ms !== undefined && is !== "=")
    return { ...compared, of: "latency", part: part / 100, value: ms };
  throw unknown(text);
}

/** Names that are not there are refused before anything is sent. */
export function requireKnown(
  expectations: readonly Expectation[],
  known: { readonly services: readonly string[]; readonly alerts: readonly string[] },
): void {
  for (const one of expectations) {
    if ((one.of === "replicas" || one.of === "scaling") && !known.services.includes(one.service))
      throw new UserError("unknown-service", `there is no service ${shown(one.service)} here`, {
        hint: didYouMean(one.service, known.services) ?? "gantry status lists them",
      });
    if (one.of === "alert" && !known.alerts.includes(one.name))
      throw new UserError("unknown-alert", `there is no alert ${shown(one.name)} here`, {
        hint: didYouMean(one.name, known.alerts) ?? "gantry alerts --all lists them",
      });
  }
}

/**
 * What is to be more has to be so at some moment, what is to be less at every one, and what is to be equal at the last. What could not be
 * seen holds for nobody.
 */
export function judge(one: Expectation, outcome: Outcome): Verdict {
  const said = (holds: boolean | undefined, because: string): Verdict => ({
    expectation: one.text,
    verdict: holds === undefined ? "inconclusive" : holds ? "pass" : "fail",
    because,
  });
  switch (one.of) {
    case "alert": {
      const fired = outcome.fired(one.name);
      if (fired === undefined) return said(undefined, "it could not be told whether it fires");
      return said(fired === one.fires, fired ? "it fired" : "it did not fire");
    }
    case "alerts": {
      const seen = outcome.alerts();
      if (seen === undefined) return said(undefined, "there is none, or none could be asked");
      if (seen.fired.length > 0) return said(false, `fired: ${seen.fired.join(", ")}`);
      return said(
        seen.untold.length > 0 ? undefined : true,
        seen.untold.length > 0 ? `not told: ${seen.untold.join(", ")}` : "none fired",
      );
    }
    case "scaling":
      return scalingVerdict(outcome.scaling(one.service), said);
    case "replicas":
    case "query": {
      const seen = one.of === "replicas" ? outcome.replicas(one.service) : outcome.query(one.expr);
      if (seen === undefined) return said(undefined, "nothing was seen of it");
      const decisive = one.is === "=" ? seen.last : seen.most;
      return said(
        holds(decisive, one.is, one.value),
        `between ${round(seen.least)} and ${round(seen.most)}, ${round(seen.last)} in the end`,
      );
    }
    case "latency": {
      const ms = outcome.latencyMs(one.part);
      return ms === undefined ? said(undefined, "nothing was answered") : said(holds(ms, one.is, one.value), `${round(ms)} ms`);
    }
    case "errors": {
      const share = outcome.errorShare();
      if (share === undefined) return said(undefined, "nothing was asked");
      return said(holds(share, one.is, one.value), `${round(share * 100)} %`);
    }
  }
}

/** So long a new replica may take. */
const mostLateMs = 10_000;

function scalingVerdict(seen: Scaling | undefined, said: (holds: boolean | undefined, because: string) => Verdict): Verdict {
  if (seen === undefined) return said(undefined, "no replica was seen");
  const { first, most, limit, asked, lateMs } = seen;
  if (most > limit) return said(false, `there were ${most} replicas, and ${limit} are allowed`);
  if (lateMs > mostLateMs)
    return said(
      false,
      `for ${round(lateMs / 1_000)} s there were fewer than the requests under way asked for (${asked} at most)`,
    );
  if (most > first) return said(true, `from ${first} to ${most} replicas, of ${limit} at most`);
  return said(undefined, `this load asked for ${asked} at most, and there ${first === 1 ? "was" : "were"} ${first} all along`);
}

function holds(value: number, is: Comparison, bound: number): boolean {
  if (is === ">") return value > bound;
  if (is === ">=") return value >= bound;
  if (is === "<") return value < bound;
  return is === "<=" ? value <= bound : value === bound;
}

function numberIn(text: string, given: string): number {
  const value = /^-?\d+(\.\d+)?(e-?\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (!Number.isFinite(value)) throw unknown(text);
  return value;
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function unknown(text: string): UserError {
  return new UserError("unknown-expectation", `${shown(text)} is nothing that a load can be held to`, {
    hint: `write it as ${examples}`,
  });
}
