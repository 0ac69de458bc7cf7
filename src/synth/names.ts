import { digestOf } from "../lib/digest.ts";

/** Names that a cloud sets limits to: lower case, dashes, so long at most; one that is too long ends in a hash of the whole. */
export function shortName(text: string, most: number): string {
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (clean.length <= most) return clean;
  return `${clean.slice(0, most - 7).replace(/-+$/, "")}-${digestOf(text).slice(0, 6)}`;
}

/** A name as Terraform and shells take it: `worker-extract` becomes `worker_extract`. */
export function identifier(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[A-Za-z]/.test(clean) ? clean : `_${clean}`;
}

/** A name as a file's: `RB-01 Database failover` becomes `rb-01-database-failover`. */
export function slug(text: string): string {
  return shortName(text, 80);
}

/** Names as files', each its own: one that leaves nothing, or the same as another, ends in a hash of the whole. */
export function slugs(texts: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Map<string, number>();
  for (const text of texts) taken.set(slug(text), (taken.get(slug(text)) ?? 0) + 1);
  const own = (text: string) =>
    slug(text) === "" || (taken.get(slug(text)) ?? 0) > 1 ? `${slug(text)}-${digestOf(text).slice(0, 6)}` : slug(text);
  return new Map(texts.map((text) => [text, own(text).replace(/^-/, "")]));
}
