import { firstIndex } from "./key-order.ts";

export type ListOptions = {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only what comes behind this key; behind all of it, when it is a common prefix. */
  readonly after: string;
  readonly most: number;
  readonly compare: (left: string, right: string) => number;
};

export type Listed = { readonly kind: "key"; readonly key: string } | { readonly kind: "prefix"; readonly prefix: string };

/** The keys with a prefix in their order, those with the same next folder as one. One more than `most` is never looked for. */
export function listKeys(
  keys: readonly string[],
  { prefix, delimiter, after, most, compare }: ListOptions,
  isShown: (key: string) => boolean,
): { readonly entries: readonly Listed[]; readonly isTruncated: boolean } {
  const entries: Listed[] = [];
  const skips = delimiter !== "" && after.startsWith(prefix) && after.endsWith(delimiter) && after.length > prefix.length;
  let at = firstIndex(keys, (key) => compare(key, prefix) >= 0 && compare(key, after) > 0 && !(skips && key.startsWith(after)));
  for (;;) {
    const key = keys[at];
    if (key === undefined || !key.startsWith(prefix)) return { entries, isTruncated: false };
    if (!isShown(key)) {
      at += 1;
      continue;
    }
    if (entries.length >= most) return { entries, isTruncated: true };
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      entries.push({ kind: "key", key });
      at += 1;
      continue;
    }
    const common = key.slice(0, cut + delimiter.length);
    entries.push({ kind: "prefix", prefix: common });
    // Keys with a common beginning stand together.
    at = firstIndex(keys, (one) => compare(one, common) > 0 && !one.startsWith(common));
  }
}
