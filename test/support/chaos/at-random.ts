import { setTimeout as sleep } from "node:timers/promises";
import type { Deaths } from "./deaths.ts";
import { scenarios } from "./scenarios.ts";

/** Numbers from 0 to 1 that are the same again for the same seed. */
export function seeded(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/**
 * Two control processes at a time, each killed at a random moment and another begun, so often; one more brings to its end what is left.
 * There are always releases on their way. Gives the ids of all of them, with the number of their scenario.
 */
export async function killAtRandom(
  deaths: Deaths,
  { kills, random }: { readonly kills: number; readonly random: () => number },
): Promise<ReadonlyMap<string, number>> {
  const begun = new Map<string, number>();
  const wave = async (): Promise<void> => {
    const fresh = Array.from(
      { length: scenarios.length * 2 },
      (_, index) => [`r${begun.size + index}`, index % scenarios.length] as const,
    );
    for (const [id, scenario] of fresh) begun.set(id, scenario);
    await deaths.begin(fresh.flatMap(([id, index]) => (scenarios[index] === undefined ? [] : [[id, scenarios[index]] as const])));
  };
  await wave();
  let left = kills;
  let feeding = Promise.resolve();
  const lives = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const child = await deaths.start();
      await sleep(50 + random() * 500);
      await deaths.kill(child);
      feeding = feeding.then(async () => {
        if (left > 0 && (await deaths.unfinished()) < scenarios.length) await wave();
      });
    }
  };
  await Promise.all([lives(), lives()]);
  await feeding;
  await deaths.start();
  await deaths.until(async () => (await deaths.unfinished()) === 0);
  return begun;
}
