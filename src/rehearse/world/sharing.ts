import { binomial } from "../random/binomial.ts";
import { type Generator, createGenerator } from "../random/generator.ts";

/** Users stay on a side while its share grows: by chance it has a few more of them than it was meant to have, or a few fewer. */
export type Sharing = {
  /** The share of a service's users that are on the new side when it is meant to have so much of them. */
  onNew(service: string, users: number, meant: number): number;
};

type Sticky = { meant: number; users: number; readonly draws: Generator };

export function createSharing(seed: readonly [number, number]): Sharing {
  const byService = new Map<string, Sticky>();
  return {
    onNew(service, users, meant) {
      let known = byService.get(service);
      if (known === undefined)
        byService.set(service, (known = { meant: 0, users: 0, draws: createGenerator(...seed, 1_000_000 + byService.size) }));
      if (meant > known.meant)
        known.users += binomial(known.draws, users - known.users, (meant - known.meant) / (1 - known.meant));
      else if (meant < known.meant) known.users = binomial(known.draws, known.users, meant / known.meant);
      known.meant = meant;
      return known.users / users;
    },
  };
}
