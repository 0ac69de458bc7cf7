/** `120 ms`, `0.3 s`, `12 s`, `3 min 5 s`, `2 h 10 min`: as exact as somebody who reads it wants it. */
export function spanWords(ms: number): string {
  if (ms < 200) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, "")} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return parts(minutes, "min", seconds % 60, "s");
  return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function parts(many: number, unit: string, few: number, fewer: string): string {
  return few === 0 ? `${many} ${unit}` : `${many} ${unit} ${few} ${fewer}`;
}
