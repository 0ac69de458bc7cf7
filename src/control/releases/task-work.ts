import type { Task } from "../../delivery/effect.ts";
import type { Release } from "../../delivery/release.ts";
import { count } from "../../lib/text.ts";
import { variableName } from "../../targets/local/service-env.ts";
import { runCommand } from "../../targets/local/release/run-command.ts";
import type { TaskEnd, TaskWork } from "../../targets/local/release/tasks.ts";
import type { EnvironmentView, ServiceView } from "../../wire/machine.ts";
import { readMigrations } from "../../migrations/files/read-folder.ts";
import type { Platform } from "../platform.ts";
import { heldText, judgeMissing } from "./contract-gate.ts";
import { databaseOf } from "./databases.ts";
import type { Material } from "./material.ts";
import { overRestarts } from "./over-restarts.ts";
import { judgementText, judgeOwn } from "./own-command.ts";

/** A migration that takes longer is not for a step of a release. */
const migrateMs = 3_600_000;

/** What is behind a task on this machine. */
export function taskWork(platform: Platform, release: Release, material: Material, task: Task): TaskWork {
  switch (task.task) {
    case "smoke":
      return async ({ began, signal }) => {
        const view = (await platform.agent.state()).environments.find((one) => one.environment === release.environment);
        const env = { ...whoAmI(release), ...addresses(release, view, task.against) };
        const { ok, because, tail } = await runCommand(
          { command: task.command, folder: material.root, env, timeoutMs: task.timeoutMs },
          { began, signal },
        );
        return { ok, because: `${task.command}: ${because}`, evidence: { tail } };
      };
    case "migrate":
      return (given) =>
        overRestarts(platform.place.postgres, given.signal, () => migrate(platform, release, material, task.resource, given));
    case "snapshot":
      return ({ signal }) =>
        overRestarts(platform.place.postgres, signal, async () => {
          const since = performance.now();
          const database = await databaseOf(platform, release, material, task.resource);
          if (database === undefined) return { ok: false, because: `${task.resource} is no database here` };
          const { by } = await database.snapshot(material.migrations[task.resource], release.id);
          return {
            ok: true,
            because: `${task.resource} is kept as ${release.id}, in ${Math.round(performance.now() - since)} ms`,
            evidence: { snapshot: release.id, by },
          };
        });
  }
}

async function migrate(
  platform: Platform,
  release: Release,
  material: Material,
  resource: string,
  { began, signal }: Parameters<TaskWork>[0],
): Promise<TaskEnd> {
  const database = await databaseOf(platform, release, material, resource);
  if (database === undefined) return { ok: false, because: `${resource} is no database here` };
  const folder = material.migrations[resource];
  if (folder !== undefined) {
    const missing = await database.missing(folder);
    const { held, refused } = await judgeMissing(platform, release, material.environment, {
      resource,
      open: readMigrations(folder).filter(({ name }) => missing.includes(name)),
    });
    if (refused.length > 0) return { ok: false, because: refused.join("; "), evidence: { refused } };
    const names = readMigrations(folder).map(({ name }) => name);
    const only = names.filter((name) => !held.some(({ migration }) => migration === name));
    const { applied, already } = await database.migrate({ migrations: folder, only, signal });
    const did =
      applied.length === 0
        ? `${resource} had all ${count(already, "migration")}`
        : `${count(applied.length, "migration")} applied to ${resource}`;
    return {
      ok: true,
      because: held.length === 0 ? did : `${did}; ${heldText(held)}`,
      evidence: { applied, already, ...(held.length === 0 ? {} : { held }) },
    };
  }
  const of = material.environment.resources[resource];
  const migrations = of?.kind === "postgres" ? of.migrations : undefined;
  const command = migrations?.apply;
  if (migrations === undefined || command === undefined)
    return { ok: false, because: `nothing says how ${resource} is migrated here: say migrations.here or migrations.apply` };
  const { environment, root } = material;
  const judgement = await judgeOwn(platform, release, { environment, resource, migrations, root, url: database.url });
  if (judgement.judged && judgement.refused.length > 0)
    return { ok: false, because: judgement.refused.join("; "), evidence: judgement };
  const env = { ...whoAmI(release), DATABASE_URL: database.url };
  const end = await runCommand({ command, folder: root, env, timeoutMs: migrateMs }, { began, signal });
  return {
    ok: end.ok,
    because: `${command}: ${end.because}; ${judgementText(migrations, judgement)}`,
    evidence: { tail: end.tail, ...judgement },
  };
}

function whoAmI(release: Release): Record<string, string> {
  return {
    GANTRY_PRODUCT: release.product,
    GANTRY_ENVIRONMENT: release.environment,
    GANTRY_RELEASE: release.id,
    GANTRY_VERSION: release.changes[0]?.version ?? "",
  };
}

/** Where what is tested answers: GANTRY_URL, and GANTRY_URL_API for each service. What nobody is sent to yet is spoken to directly. */
function addresses(release: Release, view: EnvironmentView | undefined, against: "preview" | "live"): Record<string, string> {
  const found: Record<string, string> = {};
  const urls = new Map<string, string>();
  for (const service of view?.services ?? []) {
    const change = release.changes.find((one) => one.service === service.service);
    const direct = against === "preview" && change !== undefined ? replicaPort(service, change.to) : undefined;
    const port = direct ?? service.port;
    if (port === undefined) continue;
    urls.set(service.service, `http://127.0.0.1:${port}`);
    found[`GANTRY_URL_${variableName(service.service)}`] = `http://127.0.0.1:${port}`;
  }
  const first = release.changes.find((one) => one.serves && urls.has(one.service));
  const main = first === undefined ? undefined : urls.get(first.service);
  return main === undefined ? found : { ...found, GANTRY_URL: main };
}

function replicaPort({ revisions }: ServiceView, revision: string): number | undefined {
  return revisions.find((one) => one.revision === revision)?.replicas.find(({ state }) => state === "ready")?.port;
}
