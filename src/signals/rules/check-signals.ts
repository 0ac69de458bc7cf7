import type { Path } from "../../lib/paths.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import type { EnvironmentContext } from "../../spec/checks/context.ts";
import { edgesAround, isEdge } from "../measures/edges.ts";
import { expressionOf } from "../measures/expression-of.ts";
import type { NotMeasured } from "../measures/measured.ts";
import type { ConditionData, SignalData } from "../measures/spec-data.ts";
import { parsePromql } from "../promql/parse.ts";

type Asked = { readonly what: SignalData | ConditionData; readonly path: Path; readonly who: string };

/** What can be said of measures only by whoever writes and reads PromQL. */
export function checkSignals(context: EnvironmentContext): void {
  const { here, report } = context;
  for (const { what, path, who } of askedOf(context)) {
    const signal = what.kind === "condition" ? what.signal : what;
    const at = what.kind === "condition" ? [...path, "signal"] : path;
    if (signal.measure === "promql" && !readable(signal, [...at, "expression"], who)) continue;
    const asked = expressionOf(what, here);
    if (asked.is === "refused" && asked.here !== true)
      report(
        "not-measured",
        wrongAt(what, path, asked.at),
        `${who} asks for ${signal.measure}, but ${asked.reason}`,
        "ask for what is measured of it",
      );
  }
  for (const [name, { of, within }] of Object.entries(here.slos)) {
    const ms = within === undefined ? undefined : parseDurationMs(within);
    if (ms === undefined || !bucketed.has(of.measure) || isEdge(ms / 1_000)) continue;
    const around = edgesAround(ms / 1_000).map((edge) => `"${edge}s"`);
    report(
      "no-bucket-edge",
      ["slos", name, "within"],
      `the SLO ${shown(name)} counts what took at most ${within}, but histograms have no bucket that ends there`,
      `use ${around.join(" or ")}`,
    );
  }

  function readable({ expression = "" }: SignalData, path: Path, who: string): boolean {
    const parsed = parsePromql(expression, { for: "rule" });
    if (parsed.ok) return true;
    for (const { from, message, hint } of parsed.problems)
      report(
        "bad-promql",
        path,
        `${who} has an expression with a mistake at its character ${from + 1}: ${message}`,
        hint ?? "write it as Prometheus reads it",
      );
    return false;
  }
}

/** Where it stands that makes no sense: what is measured, or else what it is held against. */
function wrongAt(what: SignalData | ConditionData, path: Path, at: NotMeasured["at"]): Path {
  if (at !== undefined) return [...path, at];
  const signal = what.kind === "condition" ? what.signal : what;
  const there = what.kind === "condition" ? [...path, "signal"] : path;
  return signal.of === undefined ? there : [...there, "of"];
}

const bucketed = new Set(["latency", "coldStart", "jobRuntime", "queryTime"]);

/** Every measure that an environment asks for, with its place and who asks. */
function askedOf({ here }: EnvironmentContext): readonly Asked[] {
  const asked: Asked[] = [];
  for (const [name, { when }] of Object.entries(here.alerts))
    asked.push({ what: when, path: ["alerts", name, "when"], who: `the alert ${shown(name)}` });
  for (const [name, { of }] of Object.entries(here.slos))
    asked.push({ what: of, path: ["slos", name, "of"], who: `the SLO ${shown(name)}` });
  for (const [name, { charts }] of Object.entries(here.dashboards))
    for (const [index, { title, shows }] of charts.entries())
      for (const [at, signal] of shows.entries())
        asked.push({ what: signal, path: ["dashboards", name, "charts", index, "shows", at], who: `the chart ${shown(title)}` });
  const { release } = here;
  const gate = (given: unknown, path: Path) => {
    if (isCondition(given)) asked.push({ what: given, path, who: "this gate" });
  };
  for (const key of ["requires", "after", "rollbackOn"] as const)
    for (const [index, one] of (release?.[key] ?? []).entries()) gate(one, ["release", key, index]);
  if (release?.strategy === "canary")
    for (const [step, { requires = [] }] of release.steps.entries())
      for (const [index, one] of requires.entries()) gate(one, ["release", "steps", step, "requires", index]);
  for (const [name, { steps }] of Object.entries(here.runbooks))
    for (const [index, one] of steps.entries())
      if (one.does === "check" && one.that)
        asked.push({ what: one.that, path: ["runbooks", name, "steps", index, "that"], who: `the runbook ${shown(name)}` });
  return asked;
}

function isCondition(given: unknown): given is ConditionData {
  return typeof given === "object" && given !== null && "kind" in given && given.kind === "condition";
}
