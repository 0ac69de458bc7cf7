/** What goes wrong on purpose with the requests of one service. */
export type Injected = {
  readonly share: number;
  readonly times: number;
  readonly applies: (revision: string) => boolean;
  readonly hit: () => void;
};

/** Whether this one is failed. */
export function failsOnPurpose(injected: readonly Injected[], revision: string): boolean {
  const one = injected.find((each) => each.share > 0 && each.applies(revision) && Math.random() < each.share);
  one?.hit();
  return one !== undefined;
}

/** For how long an answer is held back that came after so long. */
export function heldMs(injected: readonly Injected[], revision: string, tookMs: number): number {
  let times = 1;
  for (const one of injected)
    if (one.times > 1 && one.applies(revision)) {
      times *= one.times;
      one.hit();
    }
  return tookMs * (times - 1);
}
