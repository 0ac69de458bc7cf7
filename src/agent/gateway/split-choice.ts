import type { Share } from "../../wire/machine.ts";

export type SplitChoice = { next(): string | undefined };

/**
 * Smooth weighted round robin, as nginx does it: after any so many requests each revision has had its share to within one, and a
 * small share is spread out. A throw of dice would leave 2 % of a hundred requests at nought to five.
 */
export function createSplitChoice(shares: readonly Share[]): SplitChoice {
  const turns = shares.filter(({ weight }) => weight > 0).map(({ revision, weight }) => ({ revision, weight, credit: 0 }));
  const total = turns.reduce((sum, { weight }) => sum + weight, 0);
  const [only] = turns;
  if (turns.length <= 1) return { next: () => only?.revision };
  return {
    next() {
      let best = only;
      for (const turn of turns) {
        turn.credit += turn.weight;
        if (best === undefined || turn.credit > best.credit) best = turn;
      }
      if (best === undefined) return undefined;
      best.credit -= total;
      return best.revision;
    },
  };
}
