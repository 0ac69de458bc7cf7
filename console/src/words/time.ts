const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** Two units at most: "2 h 5 min". */
export function spanText(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1_000) * 1_000);
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const at = units.findIndex(([unitMs]) => whole >= unitMs);
  const [unitMs, unit] = units[at] ?? units[3];
  const count = Math.floor(whole / unitMs);
  const [nextMs, next] = units[at + 1] ?? [0, ""];
  const rest = nextMs === 0 ? 0 : Math.floor((whole - count * unitMs) / nextMs);
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${next}`;
}

/** "now", "4 min ago", "in 3 h". */
export function agoText(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Math.abs(ms) < 2_000) return "now";
  const whole = Math.abs(ms) >= 120_000 ? Math.round(Math.abs(ms) / 60_000) * 60_000 : Math.abs(ms);
  return ms > 0 ? `${firstUnit(whole)} ago` : `in ${firstUnit(whole)}`;
}

function firstUnit(ms: number): string {
  return spanText(ms).split(" ").slice(0, 2).join(" ");
}

/** All times are UTC, as everywhere in Gantry. */
export function clockText(at: number | string): string {
  return new Date(at).toISOString().slice(11, 19);
}

export function momentText(at: number | string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
