import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { GameDayView } from "../../wire/faults.ts";
import type { Given } from "../command.ts";
import { type LocalPlatform, ensureServer } from "../platform.ts";
import { whoAsks } from "../who.ts";

/** Faults that are in force for as long as this process asks for them: what it leaves behind ends by itself. */
export type HeldFaults = {
  /** What they have done so far. */
  look(): Promise<GameDayView>;
  /** Why they could not be asked for again, where that is so. */
  readonly lost: () => string | undefined;
  end(): Promise<void>;
};

const leaseMs = 5_000;
const againMs = 1_000;

type About = {
  readonly product: string;
  readonly environment: string;
  readonly faults: readonly string[];
  /** Only in what a release brings. */
  readonly onlyNew: boolean;
};

export async function holdFaults(platform: LocalPlatform, about: About, given: Given): Promise<HeldFaults> {
  const id = randomUUID();
  const { product, environment, faults, onlyNew } = about;
  const who = { product, environment, id, ...whoAsks(given) };
  const ask = async (except: GameDayView["except"]): Promise<GameDayView> =>
    answered<GameDayView>(
      platform.send("/v1/faults", {
        ...who,
        faults,
        new: onlyNew,
        leaseMs,
        ...(except !== undefined && { except }),
      }),
    );
  const first = await ask(undefined);
  let lost: string | undefined;
  const ending = new AbortController();
  const holding = (async () => {
    for (;;) {
      await sleep(againMs, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      try {
        await ask(first.except);
        lost = undefined;
      } catch (error) {
        lost = (error as Error).message;
        // A server that died is started again; what it did to databases went with it.
        await ensureServer(platform).catch(() => undefined);
      }
    }
  })();
  return {
    look: () => ask(first.except),
    lost: () => lost,
    async end() {
      ending.abort();
      await holding;
      await ensureServer(platform);
      await answered(platform.send("/v1/faults/end", who));
    },
  };
}

async function answered<T>(lines: AsyncIterable<unknown>): Promise<T> {
  let last: unknown;
  for await (const line of lines) last = line;
  return last as T;
}
