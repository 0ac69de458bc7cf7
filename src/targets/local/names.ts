import { createHash } from "node:crypto";

// What things of an environment are called where the whole machine shares one name space. Names in a spec are lower-case letters, digits
// and dashes, so what joins two of them is something that none of them can hold.

/** A preview is an environment of its own beside the one it is taken from. */
export function previewKey(environment: string, preview: string): string {
  return `${environment}.${preview}`;
}

/** `dev.pr-42` → the environment and the preview. */
export function partsOfKey(key: string): { readonly environment: string; readonly preview?: string } {
  const [environment = key, preview] = key.split(".", 2);
  return preview === undefined ? { environment } : { environment, preview };
}

/** A name for Postgres: letters, digits and underscores, at most so many. */
export function sqlName(parts: readonly string[], most = 63): string {
  return short(parts.map((part) => part.replaceAll("-", "_").replaceAll(".", "___")).join("__"), most, "_");
}

/** A bucket's, a topic's, a queue's name: letters, digits and dashes, at most 63. */
export function cloudName(...parts: readonly string[]): string {
  return short(parts.map((part) => part.replaceAll(".", "--")).join("-"), 63, "-");
}

function short(name: string, most: number, join: string): string {
  if (name.length <= most) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, most - 9)}${join}${hash}`;
}

/** The host names at which a service answers on this machine. */
export function hostOf(service: string, key: string): string {
  const { environment, preview } = partsOfKey(key);
  return `${preview === undefined ? "" : `${preview}---`}${service}.${environment}.localhost`;
}

/** The host at which the whole environment answers, by paths. */
export function sharedHostOf(key: string): string {
  const { environment, preview } = partsOfKey(key);
  return `${preview === undefined ? "" : `${preview}---`}${environment}.localhost`;
}
