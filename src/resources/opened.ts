export type Opened<T> = {
  /** The one that is open, else opens it. */
  readonly get: (name: string, open: () => Promise<T>) => Promise<T>;
  readonly all: () => Promise<[string, T][]>;
  /** Those that `isMeant`, or all. */
  readonly close: (isMeant?: (name: string) => boolean) => Promise<void>;
};

/** Things that are opened once, when they are first needed. */
export function createOpened<T extends { readonly close: () => Promise<void> }>(): Opened<T> {
  const opened = new Map<string, Promise<T>>();
  return {
    get: (name, open) => {
      const there = opened.get(name);
      if (there) return there;
      const made = open();
      opened.set(name, made);
      // What could not be opened is tried again the next time.
      made.catch(() => opened.get(name) === made && opened.delete(name));
      return made;
    },
    all: async () => {
      const found = await Promise.allSettled([...opened].map(async ([name, one]): Promise<[string, T]> => [name, await one]));
      return found.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    },
    close: async (isMeant = () => true) => {
      const meant = [...opened].filter(([name]) => isMeant(name));
      for (const [name] of meant) opened.delete(name);
      await Promise.allSettled(meant.map(async ([, one]) => (await one).close()));
    },
  };
}
