import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { useCell } from "../live/cell.ts";
import { dark } from "../live/theme.ts";
import { numberText } from "../words/numbers.ts";
import { clockText } from "../words/time.ts";
import "uplot/dist/uPlot.min.css";

export type Line = {
  readonly name: string;
  /** `new` has the accent, `old` the quiet colour and dashes; the others go through a row of their own. */
  readonly as: "new" | "old" | number;
  readonly points: readonly (readonly [ms: number, value: number])[];
};

const heightPx = 150;
const colours = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5"];
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2]];

/** Lines over time. What the last values are stands as text beside it, for those who do not see it. */
export function Chart({
  title,
  lines,
  unit,
}: {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly unit?: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useCell(dark);
  const shape = lines.map(({ name, as }) => `${name} ${as}`).join("\n");
  const data = aligned(lines);
  const latest = useRef(data);
  latest.current = data;
  const shown = useRef(lines);
  shown.current = lines;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => resolved(element, name);
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
        scales: { x: { time: true }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((second) => clockText(second * 1_000)), space: 80, size: 28 },
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
  }, [shape, isDark]);
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
      <div ref={place} className="plot" aria-hidden="true" />
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
