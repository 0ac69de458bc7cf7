import type { Fence } from "../../wire/machine.ts";

/** What the changes of this process are numbered by, whoever in it makes them: one epoch, and a sequence within it. */
export type Fences = {
  readonly epoch: () => number;
  readonly next: () => Fence;
  /** Takes an epoch that nobody has had, above that of whoever is taken over from. */
  readonly raise: (above?: number) => Promise<void>;
};

export async function createFences(nextEpoch: () => Promise<number>): Promise<Fences> {
  let [epoch, sequence] = [await nextEpoch(), 0];
  return {
    epoch: () => epoch,
    next: () => ({ epoch, sequence: (sequence += 1) }),
    async raise(above = epoch) {
      if (epoch > above) return;
      // A control database that was made anew counts from one, and targets remember how far its predecessor had come.
      epoch = Math.max(above + 1, await nextEpoch());
    },
  };
}
