import type { Answer } from "../../../delivery/gate.ts";
import { count } from "../../../lib/text.ts";
import { readMigrations } from "../../../migrations/files/read-folder.ts";
import type { Platform } from "../../platform.ts";
import { heldText, judgeMissing } from "../contract-gate.ts";
import { judgementText, judgeOwn } from "../own-command.ts";
import { databaseOf } from "../databases.ts";
import type { Made } from "../make-release.ts";
import { answered } from "./look.ts";

/** What the release would do with the migrations of each database: run, hold back, or refuse. Nothing is run by asking. */
export async function migrationsNow(
  platform: Platform,
  { release, material }: Pick<Made, "release" | "material">,
  nowMs: number,
): Promise<Readonly<Record<string, Answer>>> {
  const migrated = release.plan.steps.flatMap(({ does }) =>
    does.flatMap((one) => (one.step === "migrate" ? [one.resource] : [])),
  );
  const answers: Record<string, Answer> = {};
  const { environment, root } = material;
  const ownAnswer = async (migrations: Parameters<typeof judgementText>[0], resource: string, url: string): Promise<Answer> => {
    const judgement = await judgeOwn(platform, release, { environment, resource, migrations, root, url });
    return judgement.judged && judgement.refused.length > 0
      ? answered("fail", judgement.refused.join("; "), nowMs, judgement)
      : answered("pass", `${resource}: ${judgementText(migrations, judgement)}`, nowMs, judgement);
  };
  for (const resource of new Set(migrated)) {
    const folder = material.migrations[resource];
    const of = material.environment.resources[resource];
    const database = await databaseOf(platform, release, material, resource);
    if (database === undefined) continue;
    const own = of?.kind === "postgres" ? of.migrations : undefined;
    if (folder === undefined && own?.apply !== undefined)
      answers[`migrate ${resource}`] = await ownAnswer(own, resource, database.url);
    if (folder === undefined) continue;
    const missing = await database.missing(folder);
    const open = readMigrations(folder).filter(({ name }) => missing.includes(name));
    const { held, refused } = await judgeMissing(platform, release, material.environment, { resource, open });
    const runs = open.map(({ name }) => name).filter((name) => !held.some(({ migration }) => migration === name));
    const would =
      runs.length === 0 ? `${resource} would have no migration` : `${resource} would have ${count(runs.length, "migration")}`;
    answers[`migrate ${resource}`] =
      refused.length > 0
        ? answered("fail", refused.join("; "), nowMs, { refused })
        : answered("pass", held.length === 0 ? would : `${would}; ${heldText(held)}`, nowMs, { runs, held });
  }
  return answers;
}
