const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** `30 min`, `1 h`, `1 h 30 min`, `1.5 s`, `250 ms`: what somebody would say of a span. */
export function spanText(ms: number): string {
  const rounded = ms >= 60_000 ? Math.round(ms / 1_000) * 1_000 : Math.round(ms);
  if (rounded < 1_000) return `${rounded} ms`;
  const [unitMs, unit] = units.find(([each]) => rounded >= each) ?? units[3];
  const whole = Math.floor(rounded / unitMs);
  if (unit === "s") return `${Math.round(rounded / 100) / 10} s`;
  const rest = rounded - whole * unitMs;
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${spanText(rest)}`;
}

/** `2%`, `0.25%`. */
export function percentText(share: number): string {
  return `${Math.round(share * 1e4) / 1e2}%`;
}
