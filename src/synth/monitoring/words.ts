import { inOneUnit } from "../../lib/quantities.ts";

// How monitoring systems write what the spec says.

/** A span as Prometheus, Alertmanager and Loki write it: 5400000 is `90m`. */
export function span(spanMs: number): string {
  const whole = Math.max(0, Math.round(spanMs));
  return whole === 0 ? "0s" : inOneUnit(whole, ["w", "d", "h", "m", "s"]);
}

/** Text where Go's templates are read: a brace of the spec's starts none. */
export function literalText(text: string): string {
  return text.replaceAll("{{", () => '{{ "{{" }}');
}
