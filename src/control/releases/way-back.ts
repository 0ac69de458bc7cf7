import path from "node:path";
import type { Actor } from "../../delivery/machine.ts";
import { ConflictError, UserError } from "../../lib/errors.ts";
import type { Environment } from "../../spec/environment.ts";
import { isUsedBy } from "../../targets/local/providers/postgres.ts";
import type { Platform } from "../platform.ts";
import { whoOf } from "./actor-of.ts";
import { type CameWith, foldersIn, textsIn } from "./came-with.ts";
import { databaseOf } from "./databases.ts";
import { type MovedOn, movedOn } from "./moved-on.ts";

export type WayBack = {
  readonly product: string;
  readonly key: string;
  readonly environment: Environment;
  /** What each service would be again, and the migrations that its code comes with; where that is not said, those that it came with. */
  readonly to: readonly { readonly service: string; readonly revision: string; readonly came?: CameWith }[];
};

/** Somebody who goes back all the same, and why. */
export type Forced = { readonly by: Actor; readonly reason: string | undefined };

export type Obstacle = MovedOn & { readonly service: string; readonly revision: string; readonly resource: string };

/** `db has had 0005_less.sql since api-1a2b3c4d of api came: "alter table …" drops the column entry.text` */
export function obstacleText({ service, revision, resource, migration, statement, because }: Obstacle): string {
  const what = statement === undefined ? because : `"${statement}" ${because}`;
  return `${resource} has had ${migration} since ${revision} of ${service} came: ${what}`;
}

/** Refuses to go back to what cannot run on its database any more; or writes down who wants it all the same. */
export async function refuseMovedOn(platform: Platform, back: WayBack, forced: Forced | undefined): Promise<void> {
  if (forced !== undefined && (forced.reason ?? "").trim() === "")
    throw new UserError("usage", "say why it goes there all the same: it goes on record", { hint: '--force --reason "…"' });
  const obstacle = await obstacleOf(platform, back);
  if (obstacle === undefined) return;
  if (forced !== undefined) {
    const { service, revision, resource, migration, statement, because } = obstacle;
    const { product, key: environment } = back;
    const data = { service, revision, resource, migration, ...(statement === undefined ? {} : { statement }), because };
    const why = forced.reason === undefined ? {} : { because: forced.reason };
    await platform.store.addEvent({
      product,
      environment,
      kind: "release.forced-back",
      ...whoOf(forced.by),
      subject: revision,
      ...why,
      data,
    });
    return;
  }
  throw new ConflictError("moved-on", obstacleText(obstacle), {
    hint: 'release forward; or take the migration back first (gantry migrate down); or say --force --reason "…", if it runs all the same',
  });
}

/** The first migration that a database has had and that keeps one of them from running on it. */
export async function obstacleOf(platform: Platform, { product, key, environment, to }: WayBack): Promise<Obstacle | undefined> {
  const { store, place } = platform;
  for (const { service, revision, came: comes } of to) {
    const kept = comes === undefined ? await store.releases.revisionKept(product, key, service, revision) : undefined;
    const came = comes ?? (kept?.migrations as CameWith | null | undefined);
    for (const [resource, files] of Object.entries(came ?? {})) {
      if (!isUsedBy(environment, resource, service)) continue;
      const database = await databaseOf(platform, { environment: key }, { environment, root: place.root }, resource);
      const had = (await database?.applied()) ?? [];
      const since = had.filter(({ name }) => !files.some((one) => one.name === name));
      if (since.length === 0) continue;
      const of = environment.resources[resource];
      const here = of?.kind === "postgres" ? of.migrations?.here : undefined;
      const texts = textsIn([
        ...foldersIn(path.join(place.folder, "migrations")),
        ...(here === undefined ? [] : [path.join(place.root, here)]),
      ]);
      const found = await movedOn(since.map(({ name, sha256 }) => ({ name, sql: texts.get(sha256) })));
      if (found !== undefined) return { ...found, service, revision, resource };
    }
  }
  return undefined;
}
