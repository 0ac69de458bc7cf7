// How monitoring systems write what the spec says.

const units = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** A span as Prometheus, Alertmanager and Loki write it: 5400000 is `90m`. */
export function span(spanMs: number): string {
  const whole = Math.max(0, Math.round(spanMs));
  if (whole === 0) return "0s";
  const [unit, size] = units.find(([, one]) => whole % one === 0) ?? ["ms", 1];
  return `${whole / size}${unit}`;
}

/** Text where Go's templates are read: a brace of the spec's starts none. */
export function literalText(text: string): string {
  return text.replaceAll("{{", () => '{{ "{{" }}');
}
