import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "../load.ts";
import { type Shop, type Told, portOf, serving, told, writeVersion } from "../releases.ts";

// A release on the local platform whose server is killed again and again while it is on its way: with traffic, a snapshot, a migration
// that takes its time, and smoke tests.

export type KilledRelease = {
  readonly status: number | null;
  readonly phase: string;
  readonly because: string | undefined;
  /** Without what it does not depend on: when it was looked at, and how often. */
  readonly record: readonly string[];
  /** How often its migration has taken effect, and what its smoke tests have written down. */
  readonly migrated: number;
  readonly smokes: readonly string[];
  readonly sent: number;
  readonly lost: readonly string[];
  readonly answers: readonly string[];
  readonly serves: number;
  readonly killed: number;
};

export type Kill = (release: string) => Promise<boolean> | boolean;

export type Killing = {
  /** What the service then says that it is. */
  readonly version: string;
  readonly failingShare?: number;
  /** One after the other: each waits for its moment and kills somebody; false where there was nobody to kill. */
  readonly kills: readonly Kill[];
};

const environment = "trial";

/** Smoke tests that write down that they ran. */
export function prepare({ folder }: Shop): void {
  const file = path.join(folder, "smoke.mjs");
  const log = `import { appendFileSync } from "node:fs";
const note = (what) => appendFileSync("smoke.log", \`\${process.env.GANTRY_RELEASE} \${what}\\n\`);
note("begun");
process.on("exit", (status) => note(\`ended with \${status}\`));
`;
  writeFileSync(file, `${log}${readFileSync(file, "utf8")}`);
}

export async function releaseUnderKills(shop: Shop, killing: Killing): Promise<KilledRelease> {
  const { version, kills } = killing;
  writeVersion(shop, version, { failingShare: killing.failingShare ?? 0 });
  const folder = path.join(shop.folder, "migrations");
  const number = String(readdirSync(folder).length + 1).padStart(4, "0");
  writeFileSync(
    path.join(folder, `${number}_${version}.sql`),
    "insert into entry (text) values ('migrated');\nselect pg_sleep(0.4);\n",
  );
  const port = await portOf(shop, environment, "ledger");
  const before = await entries(port);
  const load = startLoad(port, 100);
  try {
    const begun = await told(shop, "release", "ledger", "--to", environment);
    if (begun.status !== 0) throw new Error(`it did not begin: ${JSON.stringify(begun)}`);
    const { id } = begun.release;
    const following = follow(shop, id);
    let over = false;
    void following.finally(() => (over = true));
    let killed = 0;
    for (const kill of kills) if (!over && (await kill(id))) killed += 1;
    const { status, release } = await following;
    const seen = await load.stop();
    const [change] = release.changes;
    return {
      status,
      phase: release.phase,
      because: release.because,
      record: release.record.filter(({ what }) => !what.endsWith(": inconclusive")).map(({ step, what }) => `${step}: ${what}`),
      migrated: (await entries(port)) - before,
      smokes: smokesOf(shop, id),
      sent: seen.sent,
      lost: seen.lost,
      answers: Object.keys(seen.answers).toSorted(),
      serves: (await serving(shop, environment, "ledger"))[change?.to ?? ""] ?? 0,
      killed,
    };
  } finally {
    await load.stop();
  }
}

/** So long after the one before it, unless the release is over by then. */
export function after(ms: number, kill: () => Promise<boolean> | boolean): Kill {
  return async () => {
    await sleep(ms);
    return kill();
  };
}

/** While a task of the release is running. */
export function during({ folder }: Shop, task: string, kill: () => Promise<boolean> | boolean): Kill {
  const kept = path.join(folder, ".gantry/tasks");
  const runs = (release: string): boolean =>
    readdirSync(kept, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(path.join(kept, name), "utf8")) as { id: string; state: string })
      .some(({ id, state }) => id.startsWith(`${release}/`) && id.endsWith(task) && state === "running");
  return async (release) => {
    while (!existsSync(kept) || !runs(release)) await sleep(10);
    return kill();
  };
}

/** A command whose server dies before it has answered is said again. */
async function follow(shop: Shop, id: string): Promise<Told & { readonly status: number | null }> {
  for (;;) {
    const seen = await told(shop, "rollout", "status", id, "--watch");
    if (seen.error === undefined) return seen;
    if (seen.error.code !== "not-reachable") throw new Error(`whoever followed it was told: ${JSON.stringify(seen)}`);
  }
}

/** A row for each time that a migration of this kind has taken effect. */
async function entries(port: number): Promise<number> {
  const answer = (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { rows: { count: number } };
  return answer.rows.count;
}

function smokesOf({ folder }: Shop, release: string): readonly string[] {
  const file = path.join(folder, "smoke.log");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return lines.flatMap((line) => (line.startsWith(`${release} `) ? [line.slice(release.length + 1)] : []));
}
