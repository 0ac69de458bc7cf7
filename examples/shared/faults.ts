import { timingSafeEqual } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { log } from "./log.ts";
import { type Faults, FaultsError, parseFaults } from "./parse-faults.ts";

export type Misbehaviour = {
  /** Waits as long as it has to. True when the request is to fail. */
  readonly onRequest: (request: { readonly smoke: boolean }) => Promise<boolean>;
  readonly healthFails: () => boolean;
  /** Other faults from now on. */
  readonly change: (faults: Faults) => void;
};

/** Does what GANTRY_FAULTS says, if it says anything. */
export function misbehaviour(startedAt = Date.now()): Misbehaviour {
  let faults: Faults = { seed: 1 };
  let random = seeded(1);
  let requests = 0;
  let timers: NodeJS.Timeout[] = [];
  let startedLate = 0;

  const change = (next: Faults): void => {
    for (const timer of timers) clearInterval(timer);
    [faults, random, requests, timers] = [next, seeded(next.seed), 0, []];
    leaked.length = 0;
    startedLate = startedAt + (next.slowStartMs ?? 0);
    if (next.crashAtStart) crash("at the start");
    if (next.crashAfterMs !== undefined) timers.push(setTimeout(crash, next.crashAfterMs, "after its time").unref());
    if (next.leakBytesPerSecond !== undefined) timers.push(leak(next.leakBytesPerSecond));
  };
  change(faultsOfEnvironment());

  return {
    change,
    healthFails: () => faults.failHealth === true || Date.now() < startedLate,
    onRequest: async ({ smoke }) => {
      requests += 1;
      if (faults.crashAtRequest === requests) crash(`at request ${requests}`);
      // Drawn in any case: which requests fail does not depend on which faults are on.
      const [fails, near] = [random() < (faults.errors ?? 0), normal(random)];
      const { meanMs, spreadMs } = faults.latency ?? { meanMs: 0, spreadMs: 0 };
      const ms = Math.max(0, meanMs + near * spreadMs);
      if (ms > 0) await wait(ms);
      return fails || (smoke && faults.failSmoke === true);
    },
  };
}

/** May whoever bears this token switch faults? Nobody may where none was set. */
export function maySwitchFaults(token: string): boolean {
  const wanted = Buffer.from(process.env["GANTRY_FAULTS_TOKEN"] ?? "");
  const given = Buffer.from(token);
  return wanted.length > 0 && wanted.length === given.length && timingSafeEqual(wanted, given);
}

function faultsOfEnvironment(): Faults {
  try {
    return parseFaults(process.env["GANTRY_FAULTS"] ?? "");
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    log("error", `GANTRY_FAULTS: ${error.message}`);
    process.exit(2);
  }
}

function crash(when: string): never {
  log("error", `crashed ${when}, as GANTRY_FAULTS asks`);
  process.exit(70);
}

const leaked: Buffer[] = [];

function leak(bytesPerSecond: number): NodeJS.Timeout {
  // Filled, because memory that nobody wrote to is not resident.
  return setInterval(() => leaked.push(Buffer.alloc(Math.ceil(bytesPerSecond / 10), 1)), 100).unref();
}

/** Mulberry32: small, and the same everywhere for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
