import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { useCell } from "../live/cell.ts";
import { dark } from "../live/theme.ts";
import { numberText } from "../words/numbers.ts";
import { clockText, spanText } from "../words/time.ts";
import "uplot/dist/uPlot.min.css";

export type Line = {
  readonly name: string;
  /** `new` has the accent, `old` the quiet colour and dashes; the others go through a row of their own. */
  readonly as: "new" | "old" | number;
  readonly points: readonly (readonly [ms: number, value: number])[];
};

export type Span = readonly [fromMs: number, untilMs: number];

const heightPx = 150;
const colours = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5"];
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2]];

export type Drawn = {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly unit?: string;
  /** The same for charts that stand side by side. */
  readonly span?: Span | undefined;
  /** Over moments, or over how long it has been; then each value stays until the next. */
  readonly across?: "clock" | "span";
  /** Where the scale ends, whatever is drawn. */
  readonly most?: number;
};

/** Lines over time. What the last values are stands as text beside it, for those who do not see it. */
export function Chart({ title, lines, unit, span, across = "clock", most }: Drawn) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useCell(dark);
  const shape = lines.map(({ name, as }) => `${name} ${as}`).join("\n");
  const data = aligned(lines);
  const latest = useRef(data);
  latest.current = data;
  const shown = useRef(lines);
  shown.current = lines;
  const between = useRef(span);
  between.current = span;
  const isEmpty = lines.every(({ points }) => points.length === 0);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => resolved(element, name);
    const isClock = across === "clock";
    const momentOf = (ms: number) => (isClock ? clockText(ms) : ms === 0 ? "0" : spanText(ms));
    const stepped = isClock ? undefined : uPlot.paths.stepped?.({ align: 1 });
    const axis = {
      stroke: colour("--quiet"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
      font: `11px ${style.fontFamily}`,
    };
    const made = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: heightPx,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: {
            time: isClock,
            range: (_, min, max) => (between.current?.map((ms) => ms / 1_000) as [number, number]) ?? [min, max],
          },
          y: { range: (_, __, max) => [0, most ?? (max > 0 ? max * 1.1 : 1)] },
        },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((second) => momentOf(second * 1_000)), space: 80, size: 28 },
          { ...axis, values: (_, ticks) => ticks.map(numberText), size: 48 },
        ],
        series: [
          {},
          ...shown.current.map(({ name, as }, index) => ({
            label: name,
            stroke: colour(as === "new" ? "--accent" : as === "old" ? "--quiet" : (colours[index % colours.length] ?? "--text")),
            width: as === "new" ? 2 : 1.5,
            dash: as === "new" ? [] : as === "old" ? [5, 3] : (dashes[index % dashes.length] ?? []),
            points: { show: false },
            spanGaps: false,
            ...(stepped === undefined ? {} : { paths: stepped }),
          })),
        ],
      },
      latest.current,
      element,
    );
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: Math.max(200, element.clientWidth), height: heightPx }));
    sized.observe(element);
    return () => {
      sized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, isDark, isEmpty, across, most]);
  useEffect(() => plot.current?.setData(data), [data]);

  return (
    <figure className="chart">
      <figcaption>
        <span className="title">{title}</span>
        <span className="legend">
          {lines.map(({ name, as, points }, index) => (
            <span key={name} className={typeof as === "number" ? `line-${(index % colours.length) + 1}` : as}>
              <span className="sample" aria-hidden="true" />
              {name} <b>{lastText(points, unit)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      {isEmpty ? (
        <p className="plot empty quiet small">Nothing was measured in this time.</p>
      ) : (
        <div ref={place} className="plot" aria-hidden="true" />
      )}
    </figure>
  );
}

function lastText(points: Line["points"], unit = ""): string {
  const last = points.at(-1);
  return last === undefined ? "–" : `${numberText(last[1])}${unit === "" ? "" : ` ${unit}`}`;
}

/** What a property stands for here: a canvas knows no `var()` and no `light-dark()`. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** On one row of times, as uPlot wants it; where a line has no point there is a gap. */
export function aligned(lines: readonly Line[]): uPlot.AlignedData {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(([ms]) => ms)))].toSorted((a, b) => a - b);
  const rows = lines.map(({ points }) => {
    const at = new Map(points);
    return times.map((ms) => at.get(ms) ?? null);
  });
  return [times.map((ms) => ms / 1_000), ...rows] as uPlot.AlignedData;
}
