/** The first of sorted things that does not begin before a place: where there are many, each one is not looked at for each. */
export function firstFrom<One>(sorted: readonly One[], place: number, at: (one: One) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = sorted[middle];
    if (one !== undefined && at(one) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last of sorted things that begins there or before. */
export function lastFrom<One>(sorted: readonly One[], place: number, at: (one: One) => number): One | undefined {
  return sorted[firstFrom(sorted, place + 1, at) - 1];
}
