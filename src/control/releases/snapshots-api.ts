import type { Actor } from "../../delivery/machine.ts";
import type { Environment } from "../../spec/environment.ts";
import { UserError } from "../../lib/errors.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { SnapshotView } from "../../wire/up.ts";
import type { Control } from "../control.ts";
import type { Platform } from "../platform.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf, whoOf } from "./actor-of.ts";
import { refuseHeld } from "./begin.ts";
import { databaseOf } from "./databases.ts";
import { newId, rowOf } from "./make-release.ts";

function databaseAt(platform: Platform, key: string, environment: Environment, resource: string) {
  return databaseOf(platform, { environment: key }, { environment, root: platform.place.root }, resource);
}

/** The copies of databases that releases of an environment have kept. */
export async function snapshotsOf(platform: Platform, product: string, key: string): Promise<readonly SnapshotView[]> {
  const environment = (await rowOf(platform, product, key)).data as Environment;
  const found: SnapshotView[] = [];
  for (const resource of Object.keys(environment.resources))
    for (const { name, bytes } of (await (await databaseAt(platform, key, environment, resource))?.snapshots()) ?? [])
      found.push({ environment: key, resource, snapshot: name, bytes, takenAt: momentOf(name) });
  return found;
}

/** What releases have kept of databases, and the way back to it. */
export function snapshotsApi(control: Control): readonly Endpoint[] {
  const { platform } = control;
  return [
    {
      method: "GET",
      path: "/v1/snapshots",
      answer: ({ query }) => snapshotsOf(platform, query.get("product") ?? "", query.get("environment") ?? ""),
    },
    {
      method: "POST",
      path: "/v1/snapshots/restore",
      answer: ({ body }) =>
        restoreSnapshot(control, {
          product: textOf(body, "product"),
          key: textOf(body, "environment"),
          snapshot: textOf(body, "snapshot"),
          by: actorOf(body["by"], platform.actor),
        }),
    },
  ];
}

type Restore = { readonly product: string; readonly key: string; readonly snapshot: string; readonly by: Actor };

/** Every database that has a copy of that name is as it was then; what was there until now is kept beside it. */
export function restoreSnapshot(control: Control, { product, key, snapshot, by }: Restore) {
  const { platform, oneAtATime } = control;
  return oneAtATime(key, async () => {
    const environment = (await rowOf(platform, product, key)).data as Environment;
    await refuseHeld(control, product, key);
    const those = (await snapshotsOf(platform, product, key)).filter((one) => one.snapshot === snapshot);
    if (those.length === 0)
      throw new UserError("unknown-snapshot", `${key} has no snapshot ${JSON.stringify(snapshot.slice(0, 60))}`, {
        hint: `gantry snapshots ${key} lists those there are`,
      });
    const before = newId();
    for (const { resource } of those) {
      await (await databaseAt(platform, key, environment, resource))?.restore(snapshot, before);
      await platform.store.addEvent({
        product,
        environment: key,
        kind: "snapshot.restored",
        ...whoOf(by),
        subject: resource,
        data: { snapshot, before },
      });
    }
    return { snapshot, before, resources: those.map(({ resource }) => resource) };
  });
}

/** Names are of the release, or of what has gone back: both begin with the second in which they were made. */
function momentOf(name: string): string {
  return new Date(Number.parseInt(name.slice(0, -4), 36) * 1_000).toISOString();
}
