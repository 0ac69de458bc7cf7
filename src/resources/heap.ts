export type Heap<T> = {
  readonly push: (item: T) => void;
  readonly peek: () => T | undefined;
  readonly pop: () => T | undefined;
};

/** A binary heap: the least comes first. */
export function createHeap<T>(isLess: (left: T, right: T) => boolean): Heap<T> {
  const items: T[] = [];

  function less(left: number, right: number): boolean {
    const [one, other] = [items[left], items[right]];
    return one !== undefined && other !== undefined && isLess(one, other);
  }
  function swap(left: number, right: number): void {
    const [one, other] = [items[left], items[right]];
    if (one === undefined || other === undefined) return;
    items[left] = other;
    items[right] = one;
  }

  return {
    peek: () => items[0],
    push: (item) => {
      items.push(item);
      for (let at = items.length - 1; at > 0;) {
        const above = (at - 1) >> 1;
        if (!less(at, above)) break;
        swap(at, above);
        at = above;
      }
    },
    pop: () => {
      const first = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let at = 0; ;) {
        const left = 2 * at + 1;
        const child = less(left + 1, left) ? left + 1 : left;
        if (!less(child, at)) return first;
        swap(child, at);
        at = child;
      }
    },
  };
}
