const blocks = "▁▂▃▄▅▆▇█";

/** A line of blocks: each stands for the mean of its share of the time; a gap is a space. */
export function sparkline(
  points: readonly (readonly [ms: number, value: number])[],
  fromMs: number,
  toMs: number,
  width = 40,
): string {
  const sums = Array.from({ length: width }, () => ({ sum: 0, count: 0 }));
  for (const [ms, value] of points) {
    if (!Number.isFinite(value)) continue;
    const at = Math.min(width - 1, Math.max(0, Math.floor(((ms - fromMs) / (toMs - fromMs || 1)) * width)));
    const cell = sums[at];
    if (cell === undefined) continue;
    cell.sum += value;
    cell.count += 1;
  }
  const means = sums.map(({ sum, count }) => (count === 0 ? undefined : sum / count));
  const known = means.filter((one) => one !== undefined);
  const [low, high] = [Math.min(0, ...known), Math.max(...known)];
  return means
    .map((mean) => {
      if (mean === undefined) return " ";
      const share = high === low ? 0 : (mean - low) / (high - low);
      return blocks[Math.min(blocks.length - 1, Math.round(share * (blocks.length - 1)))];
    })
    .join("");
}

/** As few digits as say it: 0.0213, 12.5, 1,204,311. */
export function numberText(value: number | string): string {
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || size < 1e-4)) return value.toExponential(3);
  if (Number.isInteger(value) || size >= 1_000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(4)));
}

/** A share, a time or a number of bytes as people write it; anything else as a number with its unit. */
export function valueText(value: number | string, unit?: string): string {
  if (typeof value === "string" || !Number.isFinite(value)) return String(value);
  if (unit === "share" || unit === "ratio") return `${Number((value * 100).toPrecision(3))} %`;
  if (unit === "seconds") return secondsText(value);
  if (unit === "bytes") return bytesText(value);
  return unit === undefined || unit === "" ? numberText(value) : `${numberText(value)} ${unit}`;
}

function secondsText(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 1) return `${Number((seconds * 1_000).toPrecision(3))} ms`;
  if (size < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (size < 7_200) return `${Number((seconds / 60).toPrecision(3))} min`;
  if (size < 172_800) return `${Number((seconds / 3_600).toPrecision(3))} h`;
  return `${Number((seconds / 86_400).toPrecision(3))} d`;
}

function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, at] = [bytes, 0];
  while (Math.abs(value) >= 1_024 && at < units.length - 1) [value, at] = [value / 1_024, at + 1];
  return `${Number(value.toPrecision(3))} ${units[at] ?? ""}`;
}
