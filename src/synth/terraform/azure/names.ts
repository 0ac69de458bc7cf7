import { digestOf } from "../../../lib/digest.ts";

/** Storage accounts and registries are named in letters and digits alone; a name that is too long ends in a hash of the whole. */
export function accountName(text: string, most: number): string {
  const clean = text.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return clean.length <= most && clean.length >= 5 ? clean : `${clean.slice(0, most - 6)}${digestOf(text).slice(0, 6)}`;
}
