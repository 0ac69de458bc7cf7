import { createHash } from "node:crypto";
import type { Share } from "../../wire/machine.ts";

/**
 * The revision a user belongs to: the one with the lowest -ln(u) / weight, where u is a number in (0, 1] drawn from salt, user and
 * revision (weighted rendezvous hashing).
 *
 * 1. Each revision gets its share of all users, whoever came before: nothing is remembered, so nothing can inflate a side.
 * 2. A user on a revision stays there while its share grows and no other's does.
 * 3. The order of the shares does not matter.
 * 4. Another salt puts other users first.
 */
export function cohortOf(user: string, salt: string, shares: readonly Share[]): string | undefined {
  let best: string | undefined;
  let lowest = Infinity;
  for (const { revision, weight } of shares) {
    if (weight <= 0) continue;
    const score = -Math.log(drawn(salt, user, revision)) / weight;
    if (score < lowest || best === undefined) {
      best = revision;
      lowest = score;
    }
  }
  return best;
}

function drawn(salt: string, user: string, revision: string): number {
  const digest = createHash("sha256")
    .update(JSON.stringify([salt, user, revision]))
    .digest();
  return (digest.readUIntBE(0, 6) + 1) / 2 ** 48;
}
