import { percentText, spanText } from "../../delivery/words/span.ts";
import { count, printable } from "../../lib/text.ts";
import { numberText, sparkline } from "../sparkline.ts";
import type { Colours } from "../terminal.ts";
import type { Verdict } from "./expectation.ts";
import type { Sent } from "./generator.ts";
import type { LoadReport } from "./load-report.ts";

export function onTheWay(seen: Sent, atMs: number, forMs: number): string {
  const p95 = seen.latency.quantile(0.95);
  return (
    `${spanText(Math.min(atMs, forMs))} of ${spanText(forMs)}: ${numberText(seen.due)} sent, ${numberText(seen.failed)} failed` +
    `${p95 === undefined ? "" : `, p95 ${msText(p95)}`}, ${numberText(seen.inFlight)} under way`
  );
}

export function loadText(report: LoadReport, colours: Colours): string {
  const { bold, dim, red, yellow } = colours;
  const { due, failed, errors, generator, series, latencyMs, firing, replicas, missedLooks } = report;
  const lines = [
    `${bold(`${report.product} ${report.environment}`)}: ${report.service}, ${report.rate} for ${spanText(report.tookMs)} ${dim(`(seed ${report.seed})`)}`,
    `  requests   ${numberText(due)}${Object.entries(report.classes)
      .map(([name, times]) => `, ${numberText(times)} ${name}`)
      .join("")}`,
  ];
  if (failed > 0)
    lines.push(
      red(
        `  failed     ${numberText(failed)} (${percentText(failed / Math.max(1, due))}): ${Object.entries(errors)
          .map(([kind, times]) => `${numberText(times)} × ${kind}`)
          .join(", ")}`,
      ),
    );
  if (Object.keys(latencyMs).length > 0)
    lines.push(
      `  took       ${Object.entries(latencyMs)
        .map(([name, ms]) => `${name} ${msText(ms)}`)
        .join(", ")}`,
    );
  if (series.length > 2) {
    const points = series.map(({ atMs, due }): [number, number] => [atMs - 1, due]);
    lines.push(`  over time  ${sparkline(points, 0, series.at(-1)?.atMs ?? 0, Math.min(40, series.length))} ${dim("sent")}`);
  }
  if (generator.queued > 0)
    lines.push(
      yellow(`  ! ${count(generator.queued, "request")} found no free connection and waited: that is in what they took`),
    );
  if (generator.misses > 0)
    lines.push(
      yellow(
        `  ! ${count(generator.misses, "request")} left more than 10 ms late because this machine was busy (up to ${msText(generator.maxMs)}): that is in what they took`,
      ),
    );
  for (const service of new Set(replicas.map((one) => one.service))) {
    const seen = replicas.filter((one) => one.service === service);
    const words = seen.slice(0, 20).map(({ ready, atMs }) => `${ready} ${dim(`(${spanText(atMs)})`)}`);
    if (seen.length > 1) lines.push(`  replicas   ${printable(service)}: ${words.join(" → ")}`);
  }
  for (const [name, atMs] of Object.entries(firing))
    lines.push(red(`  alert      ${printable(name)} fired after ${spanText(atMs)}`));
  if (missedLooks.looks > 0)
    lines.push(
      yellow(`  ! ${count(missedLooks.looks, "look")} at the environment failed: ${printable(missedLooks.because ?? "")}`),
    );
  for (const one of report.notAsserted ?? []) lines.push(yellow(`? ${printable(one)}: is not asserted here`));
  return `${[...lines, ...verdictLines(report.verdicts, colours)].join("\n")}\n`;
}

export function verdictLines(verdicts: readonly Verdict[], { green, red, yellow }: Colours): readonly string[] {
  return verdicts.map(({ expectation, verdict, because }) => {
    const mark = verdict === "pass" ? green("✓") : verdict === "fail" ? red("✗") : yellow("?");
    return `${mark} ${printable(expectation)}: ${printable(because)}`;
  });
}

export function msText(ms: number): string {
  return ms >= 1_000 ? spanText(ms) : `${Number(ms.toPrecision(3))} ms`;
}
