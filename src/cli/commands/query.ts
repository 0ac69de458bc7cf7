import { UserError } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import type { QueryView } from "../../wire/signals.ts";
import { type Command, type Given, exit } from "../command.ts";
import { numberText, sparkline } from "../sparkline.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";

export const query: Command = {
  name: "query",
  summary: "Evaluates PromQL over what was measured in an environment: now, at a moment, or over a while.",
  takes: "<expression>",
  options: {
    env: { type: "string", short: "e", placeholder: "env", help: "the environment; needed when several are up" },
    at: { type: "string", placeholder: "time", help: "at this moment, as 10m (ago) or 2026-11-21T10:00:00Z" },
    range: { type: "string", placeholder: "1h", help: "over the last so long" },
    step: { type: "string", placeholder: "15s", help: "with a value each so long; else a sixtieth of the range" },
    prometheus: { type: "string", placeholder: "url", help: "ask this Prometheus instead of what is kept here" },
  },
  server: true,
  examples: [
    "gantry query 'sum by (service) (rate(http_requests_total[1m]))'",
    "gantry query --env prod --range 1h 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))'",
    "gantry query --json 'up' | jq '.series[].labels'",
  ],
  async run(given) {
    const { args, options, out } = given;
    const running = await whatRuns(given);
    const environment = oneOf(running, textOf(options["env"]));
    const rangeMs = spanOf("range", options["range"]);
    const stepMs = spanOf("step", options["step"]);
    const at = momentOf(options["at"]);
    const asked = queryText({
      product: running.product,
      environment,
      expr: args[0] ?? "",
      at,
      range: rangeMs,
      step: rangeMs === undefined ? undefined : (stepMs ?? Math.max(1_000, Math.round(rangeMs / 60))),
      prometheus: textOf(options["prometheus"]),
    });
    const view = await running.platform.get<QueryView>(`/v1/query?${asked}`);
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, environment, ...view }, undefined, 2)}\n`);
    else out(viewText(view, given, rangeMs));
    return exit.done;
  },
};

function viewText({ kind, series, text }: QueryView, { outColours }: Given, rangeMs: number | undefined): string {
  const { dim, bold } = outColours;
  if (kind === "string") return `${printable(text ?? "")}\n`;
  if (series.length === 0) return `${dim("no series")}\n`;
  const rows = series.map(({ labels, points }) => {
    const last = points.at(-1)?.[1] ?? "";
    if (rangeMs === undefined) return [labelsText(labels), bold(numberText(last))];
    const numbers = points.flatMap(([ms, value]): [number, number][] => (typeof value === "number" ? [[ms, value]] : []));
    const toMs = Math.max(...points.map(([ms]) => ms));
    return [labelsText(labels), sparkline(numbers, toMs - rangeMs, toMs), bold(numberText(last))];
  });
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", ...rest]) => `${[first.padEnd(width), ...rest].join("  ").trimEnd()}\n`).join("");
}

function labelsText({ __name__: name = "", ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${printable(key)}=${JSON.stringify(printable(value))}`);
  return `${printable(name)}${pairs.length > 0 || name === "" ? `{${pairs.join(", ")}}` : ""}`;
}

function textOf(option: unknown): string | undefined {
  return typeof option === "string" ? option : undefined;
}

function spanOf(name: string, given: unknown): number | undefined {
  if (typeof given !== "string") return undefined;
  const ms = parseDurationMs(given);
  if (ms === undefined || ms <= 0)
    throw new UserError("usage", `--${name} ${printable(given)} is no duration`, { hint: `as --${name} 15s, 10m, 2h` });
  return ms;
}

function momentOf(given: unknown): number | undefined {
  if (typeof given !== "string") return undefined;
  const ago = parseDurationMs(given);
  const ms = ago === undefined ? Date.parse(given) : Date.now() - ago;
  if (!Number.isFinite(ms))
    throw new UserError("usage", `--at ${printable(given)} is no time`, { hint: "write it as 10m, or 2026-11-21T10:00:00Z" });
  return ms;
}
