import type { Release } from "./release.ts";

/** A release as this or any earlier version has stored it. */
export function upcastRelease(stored: unknown): Release {
  return stored as Release;
}
