import type { Environment } from "../../spec/environment.ts";
import { table, text } from "../text/markdown.ts";
import { channelsText } from "./words.ts";

type Line = NonNullable<NonNullable<Environment["costs"]>["lines"]>[number];

/** What the spec says that it costs, and what may be spent. Where it says nothing there is nothing to say. */
export function costSection(environments: readonly Environment[]): readonly string[] {
  const estimates = environments.filter(({ costs }) => costs?.estimate !== undefined || costs?.total !== undefined);
  const budgets = environments.flatMap((one) => {
    const budget = one.budget ?? one.limits?.spend;
    return budget === undefined ? [] : [{ one, budget }];
  });
  if (estimates.length === 0 && budgets.length === 0) return [];
  return [
    "## Cost",
    ...(estimates.length === 0
      ? []
      : [
          "In US dollars a month, as they were estimated when this was planned; the cloud's own bill is what counts.",
          table(
            ["environment", "a month"],
            estimates.map((one) => [text(one.environment), span(one.costs?.estimate ?? one.costs?.total ?? [0, 0])]),
          ),
          ...estimates.flatMap(linesOf),
        ]),
    ...(budgets.length === 0
      ? []
      : [
          "What may be spent, and who is told before it is:",
          table(
            ["environment", "budget", "told at", "to", "when it is used up"],
            budgets.map(({ one, budget }) => [
              text(one.environment),
              [
                ...(budget.monthly === undefined ? [] : [`${figure(budget.monthly)} USD a month`]),
                ...(budget.daily === undefined ? [] : [`${figure(budget.daily)} USD a day`]),
              ].join(", "),
              (budget.alertAt ?? ["100%"]).join(", "),
              channelsText(one, budget.to),
              { alert: "nothing more", "scale to zero": "everything is scaled to zero", stop: "everything stops" }[
                budget.atCap ?? "alert"
              ],
            ]),
          ),
        ]),
  ];
}

function linesOf({ environment, costs, resources, services }: Environment): readonly string[] {
  const lines = costs?.lines ?? [];
  if (lines.length === 0) return [];
  const sizeOf = (line: Line): string => {
    if (line.size !== undefined) return text(line.size);
    const name = typeof line.of === "object" ? line.of.ref.slice(line.of.ref.indexOf(".") + 1) : "";
    const resource = resources[name];
    const service = services[name];
    if (resource?.kind === "postgres") return text(resource.size ?? "");
    if (resource?.kind === "redis") return text([resource.memory, resource.tier].filter((one) => one !== undefined).join(", "));
    if (service?.size)
      return `${service.size.cpu ?? 1} CPU, ${service.size.memory ?? ""}, ${service.scale?.min ?? 1}–${service.scale?.max ?? 1}`;
    return "";
  };
  const total = costs?.total === undefined ? [] : [["**Total**", "", `**${span(costs.total)}**`]];
  return [
    `### ${text(environment)}, line by line`,
    table(
      ["what", "size", "USD a month"],
      [...lines.map((line) => [text(line.line), sizeOf(line), stated(line.stated)]), ...total],
    ),
  ];
}

function stated(given: Line["stated"]): string {
  if (typeof given !== "number") return span(given);
  return given === 0 ? "included" : `about ${figure(given)}`;
}

function span([least, most]: readonly [number, number]): string {
  return least === 0 ? `up to ${figure(most)}` : `${figure(least)}–${figure(most)}`;
}

/** `10,000`, whatever the machine's language. */
function figure(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}
