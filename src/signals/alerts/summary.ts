import type { Labels } from "../series.ts";

const mark = /\{\{\s*(\$value|\$labels\.([a-zA-Z_]\w*))\s*(?:\|\s*([a-zA-Z]+)\s*)?\}\}/g;

/** `{{ $value | humanizePercentage }}` and `{{ $labels.service }}` filled in, as Prometheus does; anything else stays as it is. */
export function filledSummary(text: string, { value, labels }: { readonly value: number; readonly labels: Labels }): string {
  return text.replace(mark, (whole, what: string, label: string | undefined, filter: string | undefined) => {
    if (label !== undefined) return labels[label] ?? "";
    const write = filter === undefined ? String : filters[filter];
    return what === "$value" && write !== undefined ? write(value) : whole;
  });
}

/** A summary for those who cannot fill it in. */
export function summaryWithoutValue(text: string): string {
  return text
    .replace(mark, "")
    .replace(/:\s*,\s*/, ": ")
    .trim();
}

const filters: Readonly<Record<string, (value: number) => string>> = {
  humanize: (value) => scaled(value),
  humanizePercentage: (value) => `${shortest(value * 100)}%`,
  humanizeDuration: duration,
};

/** Four digits that matter, as Go's %.4g writes them. */
function shortest(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

function scaled(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return shortest(value);
  const up = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
  const down = ["", "m", "u", "n", "p", "f", "a", "z", "y"];
  let [left, at] = [value, 0];
  if (Math.abs(value) >= 1) {
    while (Math.abs(left) >= 1_000 && at < up.length - 1) [left, at] = [left / 1_000, at + 1];
    return `${shortest(left)}${up[at]}`;
  }
  while (Math.abs(left) < 1 && at < down.length - 1) [left, at] = [left * 1_000, at + 1];
  return `${shortest(left)}${down[at]}`;
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds);
  if (Math.abs(seconds) < 1) return seconds === 0 ? "0s" : `${scaled(seconds)}s`;
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(seconds));
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3_600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${whole % 60}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${whole % 60}s`;
  if (minutes > 0) return `${sign}${minutes}m ${whole % 60}s`;
  return `${sign}${shortest(Math.abs(seconds))}s`;
}
