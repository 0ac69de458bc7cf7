import { printable } from "../lib/text.ts";
import type { SpanView } from "../wire/signals.ts";
import type { Colours } from "./terminal.ts";

const barWidth = 30;

/** Spans as a tree, each with its part of the whole time. */
export function traceText(spans: readonly SpanView[], { dim, red, cyan }: Colours): string {
  const first = Math.min(...spans.map((one) => one.startMs));
  const whole = Math.max(1, ...spans.map((one) => one.startMs + one.durationMs - first));
  const known = new Set(spans.map((one) => one.spanId));
  const children = new Map<string, SpanView[]>();
  for (const one of spans) {
    // One whose parent nobody sent stands at the top.
    const parent = known.has(one.parentId) && one.parentId !== one.spanId ? one.parentId : "";
    children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const seen = new Set<SpanView>();
  const lines = (parent: string, depth: number): readonly string[] =>
    (children.get(parent) ?? []).flatMap((one) => {
      if (seen.has(one)) return [];
      seen.add(one);
      const from = Math.min(barWidth - 1, Math.floor(((one.startMs - first) / whole) * barWidth));
      const length = Math.max(1, Math.min(barWidth - from, Math.round((one.durationMs / whole) * barWidth)));
      const bar = `${" ".repeat(from)}${"━".repeat(length)}`.padEnd(barWidth);
      const what = `${"  ".repeat(depth)}${printable(one.service)} ${printable(one.name)}`;
      const took = `${Number(one.durationMs.toPrecision(3))} ms`;
      const failed = one.failed ? red(` failed${one.message === "" ? "" : `: ${printable(one.message)}`}`) : "";
      return [`${dim(bar)}  ${took.padStart(9)}  ${cyan(what)}${failed}`, ...lines(one.spanId, depth + 1)];
    });
  return `${lines("", 0).join("\n")}\n`;
}
