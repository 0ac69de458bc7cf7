import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import type { DashboardView, PanelView } from "../../wire/signals.ts";
import { type Command, type Given, exit } from "../command.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";
import { sparkline, valueText } from "../sparkline.ts";

const usualMs = 900_000;

export const dashboards: Command = {
  name: "dashboards",
  summary: "Draws the dashboards of the spec in the terminal, from what was measured here.",
  takes: "[name]",
  options: {
    env: { type: "string", short: "e", placeholder: "env", help: "the environment; needed when several are up" },
    range: { type: "string", placeholder: "15m", help: "over the last so long (15m)" },
    list: { type: "boolean", help: "only their names" },
  },
  server: true,
  examples: ["gantry dashboards", 'gantry dashboards "API SLO" --env prod --range 1h'],
  async run(given) {
    const { args, options, out } = given;
    const running = await whatRuns(given);
    const environment = oneOf(running, typeof options["env"] === "string" ? options["env"] : undefined);
    const rangeMs = typeof options["range"] === "string" ? parseDurationMs(options["range"]) : usualMs;
    if (rangeMs === undefined || rangeMs <= 0)
      throw new UserError("usage", `--range ${printable(String(options["range"]))} is no duration`, { hint: "as --range 1h" });
    const all = await running.platform.get<readonly DashboardView[]>(
      `/v1/dashboards?${queryText({ product: running.product, environment, range: rangeMs })}`,
    );
    const [name] = args;
    const shown = name === undefined ? all : all.filter((one) => one.name === name);
    if (name !== undefined && shown.length === 0)
      throw new UserError("unknown-dashboard", `${environment} has no dashboard ${JSON.stringify(printable(name))}`, {
        hint:
          didYouMean(
            name,
            all.map((one) => one.name),
          ) ?? "gantry dashboards --list shows those there are",
      });
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, environment, dashboards: shown }, undefined, 2)}\n`);
    else if (options["list"] === true) for (const one of shown) out(`${one.name}\n`);
    else if (shown.length === 0) out("no dashboard is written in the spec\n");
    else for (const one of shown) out(dashboardText(one, rangeMs, given));
    return exit.done;
  },
};

function dashboardText({ name, panels }: DashboardView, rangeMs: number, given: Given): string {
  const { bold, dim } = given.outColours;
  const now = Date.now();
  return [
    `${bold(name)}  ${dim(`the last ${valueText(rangeMs / 1_000, "seconds")}`)}`,
    ...panels.map((one) => panelText(one, now - rangeMs, now, given)),
    "",
  ].join("\n");
}

const most = 8;

function panelText({ title, unit, shows }: PanelView, fromMs: number, toMs: number, { outColours }: Given): string {
  const { dim, yellow, bold } = outColours;
  const rows = shows.flatMap(({ series, problem }) =>
    problem === undefined
      ? series.map(({ labels, points }) => {
          const last = points.at(-1)?.[1];
          const said = Object.entries(labels).flatMap(([key, value]) =>
            key === "__name__" ? [] : [`${key}=${printable(value)}`],
          );
          return `    ${sparkline(points, fromMs, toMs)}  ${bold(last === undefined ? "–" : valueText(last, unit))}  ${dim(said.join(" "))}`.trimEnd();
        })
      : [`    ${yellow(printable(problem))}`],
  );
  const left = rows.length > most ? [dim(`    and ${rows.length - most} more`)] : [];
  return [`  ${title}`, ...(rows.length === 0 ? [`    ${dim("nothing was measured")}`] : rows.slice(0, most)), ...left].join(
    "\n",
  );
}
