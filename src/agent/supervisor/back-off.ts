// How long to wait before something that ended is started again, and when to say that it does not work.

export type BackOffSettings = {
  readonly firstMs: number;
  readonly slowestMs: number;
  /** So many exits and it counts as failed. */
  readonly exits: number;
  /** Exits longer ago than this are forgotten. */
  readonly windowMs: number;
  /** Ready for so long, and what was before is forgotten. */
  readonly steadyMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
};

export const usualBackOff: Omit<BackOffSettings, "random"> = {
  firstMs: 200,
  slowestMs: 30_000,
  exits: 5,
  windowMs: 10 * 60_000,
  steadyMs: 60_000,
};

/** Twice as long each time, and half of it left to chance so that many that fell together do not rise together. */
export function backOffMs(exitsInRow: number, settings: BackOffSettings): number {
  const full = Math.min(settings.slowestMs, settings.firstMs * 2 ** Math.min(exitsInRow - 1, 30));
  return Math.round(full * (0.5 + settings.random() / 2));
}
