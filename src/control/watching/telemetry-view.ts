import { count } from "../../lib/text.ts";
import type { Dropped } from "../../signals/store/store-view.ts";
import type { TelemetryView } from "../../wire/signals.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";
import { untoldAlerts } from "./untold.ts";

/** Why samples were lost, as a sentence goes on; what is over or was only looked at again is no loss. */
const words: Readonly<Partial<Record<keyof Dropped, string>>> = {
  outOfOrder: "they came after later ones",
  duplicate: "there was one of the same moment already",
  tooOld: "they were older than what is kept",
  future: "they were from a time to come",
  badTime: "their time was none",
  tooManySeries: "there were too many series",
  badLabels: "their labels were too many or too long",
  evicted: "there was no more room",
};

/** What is kept of an environment; what could not be measured or was lost; and which of its rules nothing here can tell. */
export function telemetryView(one: Pick<EnvironmentWatch, "measurements" | "rules">, problems: readonly string[]): TelemetryView {
  const views = [one.measurements.measured.view(), one.measurements.recorded.view()];
  const sum = (of: (view: (typeof views)[number]) => number) => views.reduce((all, view) => all + of(view), 0);
  const kinds = Object.keys(words) as (keyof Dropped)[];
  const dropped = Object.fromEntries(kinds.map((kind) => [kind, sum((view) => view.dropped[kind])]));
  const lost = Object.entries(words).flatMap(([kind, why]) => {
    const samples = dropped[kind] ?? 0;
    return samples === 0 ? [] : [`${count(samples, "sample")} dropped: ${why}`];
  });
  return {
    series: sum((view) => view.series),
    samples: sum((view) => view.samples),
    bytes: sum((view) => view.bytes.all),
    retentionMs: views[0]?.retentionMs ?? 0,
    dropped,
    problems: [...problems, ...lost],
    notWatched: [
      ...one.rules.leftOut.map(({ name, reason }) => ({ name, reason })),
      ...untoldAlerts(one.rules, one.measurements, Date.now()),
    ],
  };
}
