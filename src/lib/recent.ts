/** The last so many of what was looked up: whatever has to be looked up again costs time, and nothing else. */
export function createRecent<Value>(most: number) {
  const kept = new Map<string, Value>();
  return {
    get: (key: string): Value | undefined => kept.get(key),
    has: (key: string): boolean => kept.has(key),
    delete: (key: string): void => void kept.delete(key),
    set(key: string, value: Value): void {
      kept.delete(key);
      kept.set(key, value);
      for (const old of kept.keys()) {
        if (kept.size <= most) return;
        kept.delete(old);
      }
    },
  };
}
