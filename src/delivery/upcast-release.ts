import { GantryError } from "../lib/errors.ts";
import { isRecord } from "../lib/is-record.ts";
import type { Release } from "./release.ts";

export const releaseVersion = 1;

type Stored = Readonly<Record<string, unknown>>;

/** By the version that they read: each makes of it the next. What they read lies in a golden file, for as long as it may lie in a database. */
const upcasts: Readonly<Record<number, (stored: Stored) => Stored>> = {};

/** A release as this or any earlier version has stored it. */
export function upcastRelease(stored: unknown): Release {
  if (!isRecord(stored) || stored["kind"] !== "release") throw notOurs("this is no release");
  let release: Stored = stored;
  for (;;) {
    const version = release["schemaVersion"];
    if (version === releaseVersion) return release as unknown as Release;
    if (typeof version !== "number" || version > releaseVersion)
      throw notOurs(`the release ${String(stored["id"])} was begun by a newer Gantry`);
    const upcast = Object.hasOwn(upcasts, version) ? upcasts[version] : undefined;
    if (upcast === undefined) throw notOurs(`releases of version ${version} are not known`);
    release = upcast(release);
  }
}

function notOurs(message: string): GantryError {
  return new GantryError("newer-state", message, { hint: "use that one, or a newer one" });
}
