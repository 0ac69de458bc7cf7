/** S3 lists keys by the bytes of their UTF-8; JavaScript compares UTF-16, which puts U+E000 to U+FFFF behind what needs surrogates. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return weight(one) - weight(other);
  }
  return left.length - right.length;
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The first index of which `isPast` holds, when it holds for all behind one for which it does. */
export function firstIndex<T>(items: readonly T[], isPast: (item: T) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items[middle];
    if (item !== undefined && isPast(item)) to = middle;
    else from = middle + 1;
  }
  return from;
}
