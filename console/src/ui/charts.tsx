import { Chart, type Drawn, type Line, type Span } from "./chart.tsx";

export type Charted = Omit<Drawn, "span">;

/** Charts side by side, over the same time. */
export function Charts({ of }: { readonly of: readonly Charted[] }) {
  const span = spanOf(of.flatMap(({ lines }) => lines));
  return (
    <div className="charts">
      {of.map((one) => (
        <Chart key={one.title} {...one} span={span} />
      ))}
    </div>
  );
}

/** From the first to the last moment of all of them. */
function spanOf(lines: readonly Line[]): Span | undefined {
  const times = lines.flatMap(({ points }) => points.map(([ms]) => ms));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return first < last ? [first, last] : undefined;
}
