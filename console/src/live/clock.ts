import { createCell, useCell } from "./cell.ts";

const now = createCell(Date.now());
setInterval(() => {
  if (!document.hidden) now.set(Date.now());
}, 1_000);
document.addEventListener("visibilitychange", () => now.set(Date.now()));

/** The present moment, to the second. */
export function useNow(): number {
  return useCell(now);
}
