import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../../src/delivery/release.ts";
import type { Store } from "../../../src/store/store.ts";
import { type Scenario, releaseOf } from "./scenarios.ts";
import { type World, createWorld, serveWorld } from "./world.ts";

// Releases in the hands of processes that die: what they are in the end is held against what they are where nobody dies.

export const moments = [
  "after claim",
  "before write",
  "after write",
  "before effects",
  "half of the effects",
  "after effects",
] as const;
export type Moment = { readonly at: (typeof moments)[number]; readonly nth: number };

export type ProcessOptions = {
  readonly leaseMs?: number;
  readonly pollMs?: number;
  /** By the run: where it is to stop. */
  readonly moments?: Readonly<Record<string, Moment>>;
  /** Its clock: so much later it is when it comes. */
  readonly aheadMs?: number;
  /** Where it stops itself by SIGSTOP, with all that it has in hand. */
  readonly sleepsAt?: Moment;
  /** The form of what it stores, where it is a newer Gantry than this one. */
  readonly schemaVersion?: number;
};

export type Deaths = {
  readonly store: Store;
  readonly world: World;
  /** Many at once, each in an environment of its own that is called as it is. */
  begin(releases: readonly (readonly [id: string, scenario: Scenario])[]): Promise<void>;
  /** A control process that has begun to work. */
  start(options?: ProcessOptions): Promise<ChildProcess>;
  kill(child: ChildProcess): Promise<void>;
  killAll(): Promise<void>;
  /** How many have not ended. */
  unfinished(): Promise<number>;
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
};

/** What a release has come to, as far as it does not depend on when. */
export type Ended = {
  readonly phase: string;
  readonly because: string | undefined;
  readonly record: readonly string[];
  /** By the service: what was changed of it, in order. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly string[];
  readonly notices: readonly string[];
  readonly left: readonly string[];
};

/** Quick leases, so that many deaths fit into little time. */
const quick = { leaseMs: 400, pollMs: 100 };

export async function openDeaths({
  store,
  url,
  root,
}: {
  readonly store: Store;
  readonly url: string;
  /** Where this repository is, with what was built of it. */
  readonly root: string;
}): Promise<Deaths> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-deaths-"));
  const world = createWorld();
  const socket = path.join(folder, "world");
  const unserve = await serveWorld(world, socket);
  const children = new Set<ChildProcess>();
  const gone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;
  const kill = async (child: ChildProcess): Promise<void> => {
    children.delete(child);
    if (gone(child)) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  const killAll = async (): Promise<void> => {
    for (const child of children) await kill(child);
  };
  return {
    store,
    world,
    kill,
    async begin(releases) {
      const begin = async ([id, scenario]: readonly [string, Scenario]): Promise<void> => {
        world.add(id, scenario);
        const run = releaseOf(scenario, id);
        await store.runs.begin({ ...run, data: run }, {}, []);
      };
      await Promise.all(releases.map(begin));
    },
    async start(options = {}) {
      const child = fork(path.join(root, "test/support/chaos/process.mjs"), [
        JSON.stringify({ url, socket, ...quick, ...options }),
      ]);
      children.add(child);
      await Promise.race([once(child, "message"), once(child, "exit")]);
      return child;
    },
    unfinished: async () => (await store.runs.list("shop", { unfinished: true, limit: 10_000 })).length,
    async until(holds) {
      while (!(await holds())) await sleep(20);
    },
    killAll,
    async close() {
      await killAll();
      await unserve();
      await rm(folder, { recursive: true });
    },
  };
}

/** What all of them have come to, by their ids. */
export async function endedAll({ store, world }: Deaths): Promise<ReadonlyMap<string, Ended>> {
  const most = 100_000;
  const told = groupBy(await store.notices.list("shop", { limit: most }), ({ dedupKey }) => dedupKey);
  const events = groupBy(await store.events("shop", { limit: most }), ({ run }) => run ?? "");
  const ended = (await store.runs.list("shop", { limit: most })).map((row): readonly [string, Ended] => {
    const { id, data, leasedBy, endedAt } = row;
    const { phase, because, record } = data as Release;
    const { target, changes } = world.placeOf(id);
    const plain = (text: string) => text.replaceAll(id, "it").replace(/; the old revisions stand by for .*$/, "");
    // Of what a step asked, who has answered first depends on when; that it was seen at all while it was not yet answered, too.
    const entries = record
      .filter(({ what }) => !what.endsWith(": inconclusive"))
      .map(({ step, what }) => `${step}: ${plain(what)}`);
    const shares = Object.entries(target.services()).map(
      ([service, one]) =>
        `${service} ${one.shares.map(({ revision, weightPercent }) => `${revision} ${weightPercent}%`).join(", ")}`,
    );
    return [
      id,
      {
        phase,
        because,
        record: entries.toSorted(),
        changes: Object.fromEntries(groupBy(changes, subjectOf)),
        events: (events.get(id) ?? [])
          .map(({ kind }) => kind)
          .filter((kind) => kind !== "release.gate")
          .toReversed(),
        notices: (told.get(id) ?? []).map(({ body }) => plain((body as { title: string }).title)).toSorted(),
        left: [
          ...shares,
          ...(leasedBy === null ? [] : [`held by ${leasedBy}`]),
          ...(endedAt === null ? ["it has not ended"] : []),
        ],
      },
    ];
  });
  return new Map(ended);
}

/** What runs and who has the traffic go on beside each other. */
function subjectOf(change: string): string {
  const subject = change.split(/[: ]/, 1)[0] ?? "";
  return change.includes("%") && subject !== "task" ? `shares of ${subject}` : subject;
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
