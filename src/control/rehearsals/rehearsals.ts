import type { Actor } from "../../delivery/machine.ts";
import { ConflictError, UserError } from "../../lib/errors.ts";
import type { Environment } from "../../spec/environment.ts";
import type { RehearsalEnd, RehearsalRow } from "../../store/rehearsals.ts";
import type { Platform } from "../platform.ts";
import { whoOf } from "../releases/actor-of.ts";
import { newId } from "../releases/make-release.ts";
import { type Asked, madeOf } from "./asked.ts";
import { type Running, runInThread } from "./run.ts";

// Rehearsals of the policy of an environment as it is up.
//
// 1. Each has a thread of its own: the server answers as before.
// 2. One at a time for each environment, whichever server began it; few at a time in all.
// 3. What it came to is kept, also what was rehearsed until somebody stopped it. A server that dies leaves one that has failed.

export type Rehearsals = {
  begin(at: At, asked: Asked, by: Actor): Promise<RehearsalRow>;
  /** Stops one that is going on, and forgets one that has ended. */
  end(at: At, id: string, by: Actor): Promise<void>;
  list(at: At): Promise<readonly RehearsalRow[]>;
  get(at: At, id: string): Promise<RehearsalRow & { readonly report: unknown }>;
};

type Followed = { readonly asked: Asked; readonly made: ReturnType<typeof madeOf>; readonly one: Running };
type At = { readonly product: string; readonly environment: string };

const mostAtATime = 2;
const longestMs = 120_000;
const beatMs = 1_000;

export function createRehearsals(
  { store }: Pick<Platform, "store">,
  /** The environment as it is up. */
  environmentAt: (at: At) => Promise<Environment>,
  onError: (error: unknown) => void,
): Rehearsals {
  const running = new Map<string, { readonly one: Running; readonly settled: Promise<void> }>();
  /** Those that begin too: they are asked for at the same moment. */
  let taken = 0;
  const { rehearsals } = store;

  const told = (at: At, kind: string, id: string, by: Actor, data: object) =>
    store.addEvent({ ...at, kind, ...whoOf(by), subject: id, data });

  const find = async ({ product, environment }: At, id: string) => {
    const row = await rehearsals.get(product, environment, id);
    if (row !== undefined) return row;
    throw new UserError("unknown-rehearsal", `${environment} has no rehearsal ${id}`, {
      hint: "the last twenty of an environment are kept",
    });
  };

  /** Writes down how far it is, also where one run takes long, and what it came to. */
  const follow = async (at: At, id: string, { asked, made, one }: Followed): Promise<void> => {
    const { seed, runs } = asked;
    const beat = setInterval(() => {
      // Whoever ended it elsewhere left no word but that.
      void rehearsals.progress(id, one.done()).then((goesOn) => goesOn || one.stop(), onError);
    }, beatMs);
    const end = async (how: RehearsalEnd): Promise<void> => {
      if (await rehearsals.end(id, how)) await told(at, "rehearsal.ended", id, automation, { state: how.state, runs: how.done });
    };
    try {
      const { ended, done, cases, advice, assumed } = await one.ended;
      const report = { ok: ended === "whole", product: at.product, seed, runs, command: made.command, cases, advice, assumed };
      const text = JSON.stringify(report);
      const because = ended === "too long" ? `it took longer than ${longestMs / 1_000} s` : undefined;
      const state = ended === "whole" ? "done" : "stopped";
      await end({ state, done, report: text, ...(because === undefined ? {} : { because }) });
    } catch (error) {
      onError(error);
      await end({ state: "failed", done: one.done(), because: "it could not be rehearsed to the end" });
    } finally {
      clearInterval(beat);
    }
  };

  const start = async (at: At, asked: Asked, by: Actor): Promise<string> => {
    const environment = await environmentAt(at);
    const made = madeOf(environment, asked);
    const id = newId();
    const kept = { ...asked, faults: made.faults, traffic: asked.traffic.length === 0 ? [made.traffic] : asked.traffic };
    const begun = await rehearsals.begin({ id, ...at, asked: kept, by, runs: asked.runs });
    if (!begun)
      throw new ConflictError("under-way", `another rehearsal of ${at.environment} is going on`, {
        hint: "wait for it, or stop it",
      });
    // Before its end, whatever comes of it.
    await told(at, "rehearsal.begun", id, by, { command: made.command });
    const { circumstances, faults, traffic } = made;
    const { seed, runs, advise } = asked;
    const options = { environment, ...circumstances };
    const one = runInThread({ options, faults, traffic, seed, runs, advise, mostMs: longestMs });
    const settled = follow(at, id, { asked, made, one })
      .catch(onError)
      .finally(() => {
        taken -= 1;
        running.delete(id);
      });
    running.set(id, { one, settled });
    return id;
  };

  return {
    async begin(at, asked, by) {
      if (taken >= mostAtATime)
        throw new ConflictError("under-way", `${mostAtATime} rehearsals are going on`, {
          hint: "wait for one of them, or stop it",
        });
      taken += 1;
      const id = await start(at, asked, by).catch((error: unknown) => {
        taken -= 1;
        throw error;
      });
      return find(at, id);
    },

    async end(at, id, by) {
      const row = await find(at, id);
      if (row.endedAt !== null) await rehearsals.remove(id);
      else {
        const here = running.get(id);
        await told(at, "rehearsal.stopped", id, by, {});
        // One of another server's: it sees that somebody has ended it.
        if (here === undefined) await rehearsals.end(id, { state: "stopped", done: row.done });
        else here.one.stop();
        await here?.settled;
      }
    },

    list: ({ product, environment }) => rehearsals.list(product, environment),
    get: find,
  };
}

const automation: Actor = { kind: "automation", name: "gantry" };
