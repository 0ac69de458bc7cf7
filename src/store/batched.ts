type Waiting<Value> = { readonly resolve: (value: Value | undefined) => void; readonly reject: (error: unknown) => void };

/** What many ask in the same moment, each of something else, is looked up at once. `many` has what was found by the same names. */
export function batched<Value>(
  many: (names: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (name: string) => Promise<Value | undefined> {
  let waiting = new Map<string, Waiting<Value>[]>();
  const ask = (): void => {
    const asked = waiting;
    waiting = new Map();
    many([...asked.keys()]).then(
      (found) => {
        for (const [name, all] of asked) for (const { resolve } of all) resolve(found.get(name));
      },
      (error: unknown) => {
        for (const all of asked.values()) for (const { reject } of all) reject(error);
      },
    );
  };
  return (name) =>
    new Promise((resolve, reject) => {
      // Whoever is woken by the same news asks in this turn as well.
      if (waiting.size === 0) setImmediate(ask);
      const all = waiting.get(name) ?? [];
      waiting.set(name, [...all, { resolve, reject }]);
    });
}
