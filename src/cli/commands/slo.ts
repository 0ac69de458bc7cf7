import type { SloView } from "../../wire/signals.ts";
import { type Command, exit } from "../command.ts";
import { queryText, someOf, whatRuns } from "../running.ts";
import { numberText, valueText } from "../sparkline.ts";
import type { Colours } from "../terminal.ts";

export const slo: Command = {
  name: "slo",
  summary: "Shows how much of each promise's error budget is left, how fast it burns, and when it will be used up.",
  takes: "[env…]",
  completes: ["environment"],
  options: {},
  server: true,
  examples: ["gantry slo", "gantry slo prod --json | jq '.slos[].budgetLeft'"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const running = await whatRuns(given);
    const slos = (
      await Promise.all(
        someOf(running, args).map((environment) =>
          running.platform.get<readonly SloView[]>(`/v1/slos?${queryText({ product: running.product, environment })}`),
        ),
      )
    ).flat();
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, slos }, undefined, 2)}\n`);
    else out(slos.length === 0 ? "no SLO is promised here\n" : slos.map((one) => sloText(one, outColours)).join("\n"));
    return slos.some((one) => (one.budgetLeft ?? 1) <= 0) ? exit.no : exit.done;
  },
};

const barWidth = 30;

function sloText(slo: SloView, { bold, dim, green, yellow, red }: Colours): string {
  const { environment, name, target, windowMs, good, total, bad, budgetLeft, burn, exhaustedInMs, sinceMs } = slo;
  const head = `${bold(name)}  ${dim(environment)}  ${valueText(target, "share")} over ${valueText(windowMs / 1_000, "seconds")}`;
  if (good === undefined || budgetLeft === undefined) return `${head}\n  ${yellow("nothing was asked yet")}\n`;
  const colour = budgetLeft > 0.25 ? green : budgetLeft > 0 ? yellow : red;
  const filled = Math.round(Math.max(0, Math.min(1, budgetLeft)) * barWidth);
  const rates = burn.map(
    ({ windowMs: span, rate }) => `${valueText(span / 1_000, "seconds")} ${rate === undefined ? "–" : `${numberText(rate)}×`}`,
  );
  return [
    head,
    `  ${colour("█".repeat(filled))}${dim("░".repeat(barWidth - filled))}  ${colour(`${valueText(budgetLeft, "share")} of the budget left`)}`,
    `  ${valueText(good, "share")} good: ${numberText(Math.round(bad))} of ${numberText(Math.round(total))} bad`,
    `  burns ${rates.join("  ")}${exhaustedInMs === undefined ? "" : `  used up in ${valueText(exhaustedInMs / 1_000, "seconds")}`}`,
    ...(sinceMs === undefined
      ? []
      : [dim(`  measured since ${new Date(sinceMs).toISOString().slice(0, 16).replace("T", " ")} UTC`)]),
    "",
  ].join("\n");
}
