import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../spec/environment.ts";
import { closeOnPurpose, slowOnPurpose } from "../../targets/local/postgres/disturb.ts";
import { environmentDatabase } from "../../targets/local/providers/postgres.ts";
import type { FaultsView } from "../../wire/faults.ts";
import type { Platform } from "../platform.ts";
import type { DatabaseFault, Wanted } from "./injected-of.ts";

// What goes wrong on purpose in the environments of this platform, as far as it is not the agent's. A lease as there: where nobody asks
// for it again in time it is over. What is done to a database hangs on sessions of this process, and ends with it.

type Day = {
  readonly id: string;
  readonly asked: string;
  readonly ending: AbortController;
  readonly databases: readonly { readonly text: string; active: boolean; hits: number }[];
  timer: NodeJS.Timeout;
};

export type GameDays = ReturnType<typeof createGameDays>;

export function createGameDays(
  platform: Platform,
  onLeft: (environment: string, product: string) => void,
  onError: (error: unknown) => void,
) {
  const days = new Map<string, Day>();

  const end = (key: string): boolean => {
    const day = days.get(key);
    if (day === undefined) return false;
    days.delete(key);
    clearTimeout(day.timer);
    day.ending.abort();
    return true;
  };

  async function disturb(
    seen: { active: boolean; hits: number },
    fault: DatabaseFault,
    { environment, key, signal }: { readonly environment: Environment; readonly key: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const found = await environmentDatabase(platform.place.postgres, environment, { key, name: fault.resource });
    if (found === undefined || signal.aborted) return;
    const { server, database } = found;
    await sleep(fault.fromMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const over = AbortSignal.any([signal, ...(fault.forMs === undefined ? [] : [AbortSignal.timeout(fault.forMs)])]);
    seen.active = true;
    seen.hits += 1;
    try {
      if (fault.stillMs === undefined) await closeOnPurpose(server, database, over);
      else await slowOnPurpose(server, { database, stillMs: fault.stillMs }, over);
    } finally {
      seen.active = false;
    }
  }

  return {
    /** Who has one under way. */
    of: (key: string): string | undefined => days.get(key)?.id,
    async put(
      about: { readonly id: string; readonly product: string; readonly key: string; readonly environment: Environment },
      wanted: Wanted,
      leaseMs: number,
    ): Promise<FaultsView> {
      const { id, product, key, environment } = about;
      const view = await platform.agent.putFaults(key, wanted.injected, leaseMs);
      const asked = JSON.stringify(wanted);
      let day = days.get(key);
      const expire = (): NodeJS.Timeout =>
        setTimeout(() => {
          if (end(key)) onLeft(key, product);
        }, leaseMs);
      if (day?.asked === asked && day.id === id) {
        clearTimeout(day.timer);
        day.timer = expire();
      } else {
        end(key);
        const ending = new AbortController();
        const databases = wanted.databases.map(({ text }) => ({ text, active: false, hits: 0 }));
        day = { id, asked, ending, databases, timer: expire() };
        days.set(key, day);
        for (const [index, fault] of wanted.databases.entries()) {
          const seen = databases[index];
          if (seen !== undefined) disturb(seen, fault, { environment, key, signal: ending.signal }).catch(onError);
        }
      }
      return { ...view, faults: [...view.faults, ...day.databases.map((one) => ({ ...one }))] };
    },
    /** Puts everything back, at once. */
    async end(key: string): Promise<boolean> {
      const was = end(key);
      await platform.agent.putFaults(key, [], 1_000);
      return was;
    },
  };
}
