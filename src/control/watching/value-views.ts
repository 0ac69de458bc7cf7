import type { Matrix, Value } from "../../signals/promql/evaluate/value.ts";
import type { QueryView, SeriesView } from "../../wire/signals.ts";

type Shown = QueryView["series"];

export function viewOf(value: Value, atMs: number): Pick<QueryView, "kind" | "series" | "text"> {
  switch (value.kind) {
    case "scalar":
      return { kind: "scalar", series: [{ labels: {}, points: [[atMs, jsonNumber(value.value)]] }] };
    case "string":
      return { kind: "string", series: [], text: value.value };
    case "vector":
      return {
        kind: "vector",
        series: value.vector.map(({ labels, value: number }): Shown[number] => ({
          labels,
          points: [[atMs, jsonNumber(number)]],
        })),
      };
    case "matrix":
      return { kind: "matrix", series: seriesOf(value.matrix) };
  }
}

export function seriesOf(matrix: Matrix): Shown {
  return matrix.map(({ labels, times, values }) => ({
    labels,
    points: times.map((ms, index): [number, number | string] => [ms, jsonNumber(values[index] ?? NaN)]),
  }));
}

/** Only numbers that a line can be drawn through. */
export function plainSeries(matrix: Matrix, scale: number): readonly SeriesView[] {
  return matrix.map(({ labels, times, values }) => ({
    labels,
    points: times.flatMap((ms, index): [number, number][] => {
      const value = (values[index] ?? NaN) * scale;
      return Number.isFinite(value) ? [[ms, value]] : [];
    }),
  }));
}

/** JSON knows no infinity. */
export function jsonNumber(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
