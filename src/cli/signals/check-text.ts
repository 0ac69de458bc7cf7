import { count, printable } from "../../lib/text.ts";
import { durationText } from "../../signals/measures/promql-text.ts";
import type { Colours } from "../terminal.ts";
import type { EnvironmentSignals, HeldAlert } from "./held-signals.ts";

/** One paragraph for each alert: its name, whom it tells, its expression, and what holds it. */
export function checkText(environments: readonly EnvironmentSignals[], colours: Colours): string {
  return environments.map((one) => environmentText(one, colours)).join("\n");
}

function environmentText({ environment, recordings, alerts, leftOut, warnings }: EnvironmentSignals, colours: Colours): string {
  const { bold, dim, yellow, cyan } = colours;
  const counts = [
    count(alerts.length, "alert"),
    ...(recordings.length === 0 ? [] : [count(recordings.length, "recording")]),
    ...(leftOut.length === 0 ? [] : [`${leftOut.length} left out`]),
    ...(warnings.length === 0 ? [] : [count(warnings.length, "warning")]),
  ];
  return [
    `${bold(environment)}  ${dim(counts.join(", "))}`,
    ...recordings.flatMap(({ record, expr, labels }) => [
      "",
      `  ${record} ${dim(Object.values(labels).map(printable).join(", "))}`,
      `    ${cyan(printable(expr))}`,
    ]),
    ...alerts.flatMap((one) => ["", ...alertLines(one, colours)]),
    ...leftOut.flatMap(({ name, reason }) => ["", `  ${yellow("–")} ${bold(printable(name))}  left out: ${printable(reason)}`]),
    ...(warnings.length === 0 ? [] : ["", ...warningLines(warnings, colours)]),
    "",
  ].join("\n");
}

/** A line for what is wrong, with all alerts of which it is. */
function warningLines(warnings: EnvironmentSignals["warnings"], { bold, yellow }: Colours): readonly string[] {
  const sayings = [...new Set(warnings.map(({ says }) => says))];
  return sayings.map((says) => {
    const alerts = warnings.filter((one) => one.says === says).map(({ alert }) => bold(printable(alert)));
    return `  ${yellow("!")} ${printable(says)}: ${alerts.join(", ")}`;
  });
}

function alertLines(alert: HeldAlert, { bold, dim, cyan, red, yellow, green }: Colours): readonly string[] {
  const { name, severity, to, owner, runbook, forMs, everyMs, keepFiringMs, expr, held } = alert;
  const facts = [
    severity,
    forMs === 0 ? "at once" : `for ${durationText(forMs)}`,
    `every ${durationText(everyMs)}`,
    ...(keepFiringMs === 0 ? [] : [`kept for ${durationText(keepFiringMs)}`]),
    `to ${to.length === 0 ? "nobody" : to.map(printable).join(", ")}`,
    ...(owner === undefined ? [] : [`owner ${printable(owner)}`]),
    ...(runbook === undefined ? [] : [`runbook ${printable(runbook)}`]),
  ];
  const how = held.map(({ by, exactness }) => {
    if (exactness.is === "exact") return `${green("exact")} ${dim(`in ${by}`)}`;
    const word = exactness.is === "refused" ? red("refused") : yellow("approximate");
    return `${word} ${dim(`in ${by}: ${printable(exactness.reason)}`)}`;
  });
  return [
    `  ${bold(printable(name))}  ${dim(facts.join(" · "))}`,
    `    ${cyan(printable(expr))}`,
    ...(how.length === 0 ? [`    ${dim("no back end of the spec's tools holds it here")}`] : how.map((one) => `    ${one}`)),
  ];
}
