import type { Store } from "../../store/store.ts";
import { type Rate, type Rates, nameOf } from "./rates.ts";

/** What was taken and not used is nobody's after this. */
const keptMs = 1_000;
/** So many parts of a full bucket are taken at once: the database is asked once for each. */
const parts = 16;

type Mine = { left: number; atMs: number; waitUntilMs: number; asking: Promise<void> | undefined };

/** The same measure for all servers on one database, each of which takes some at a time: together they give out no more than one would. */
export function createSharedRates(
  kind: string,
  { perSecond, burst }: Rate,
  { store, nowMs }: { readonly store: Pick<Store, "rates">; readonly nowMs: () => number },
): Rates {
  const most = Math.max(1, Math.floor(burst / parts));
  const all = new Map<string, Mine>();
  const tidy = (now: number): void => {
    for (const [name, one] of all)
      if (one.asking === undefined && one.waitUntilMs <= now && one.atMs + keptMs <= now) all.delete(name);
  };
  const ask = async (name: string, mine: Mine): Promise<void> => {
    try {
      const { taken, waitMs } = await store.rates.take(`${kind} ${name}`, { perSecond, burst, most });
      const now = nowMs();
      Object.assign(mine, { left: taken, atMs: now, waitUntilMs: taken > 0 ? 0 : now + waitMs });
    } finally {
      mine.asking = undefined;
    }
  };
  return {
    async take(given) {
      const name = nameOf(given, all, () => tidy(nowMs()));
      const mine = all.get(name) ?? { left: 0, atMs: 0, waitUntilMs: 0, asking: undefined };
      all.set(name, mine);
      for (;;) {
        const now = nowMs();
        if (mine.waitUntilMs > now) return mine.waitUntilMs - now;
        if (mine.left >= 1 && now - mine.atMs <= keptMs) {
          mine.left -= 1;
          return 0;
        }
        await (mine.asking ??= ask(name, mine));
      }
    },
  };
}
