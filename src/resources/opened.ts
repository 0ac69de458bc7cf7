export type Opened<T> = {
  /** The one that is open, else opens it. */
  readonly get: (environment: string, name: string, open: () => Promise<T>) => Promise<T>;
  /** By name: it is one on the whole machine. */
  readonly all: () => Promise<[string, T][]>;
  readonly closeEnvironment: (environment: string) => Promise<void>;
  /** Closes what is not among these any more. */
  readonly keepOnly: (wanted: readonly { readonly environment: string; readonly name: string }[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Things that are opened once, when they are first needed. */
export function createOpened<T extends { readonly close: () => Promise<void> }>(): Opened<T> {
  type One = { readonly environment: string; readonly name: string; readonly made: Promise<T> };
  const opened = new Map<string, One>();

  async function close(isMeant: (one: One, key: string) => boolean): Promise<void> {
    const meant = [...opened].filter(([key, one]) => isMeant(one, key));
    for (const [key] of meant) opened.delete(key);
    await Promise.allSettled(meant.map(async ([, { made }]) => (await made).close()));
  }

  return {
    get: (environment, name, open) => {
      const key = keyOf({ environment, name });
      const there = opened.get(key);
      if (there) return there.made;
      const one = { environment, name, made: open() };
      opened.set(key, one);
      // What could not be opened is tried again the next time.
      one.made.catch(() => opened.get(key) === one && opened.delete(key));
      return one.made;
    },
    all: async () => {
      const found = await Promise.allSettled(
        [...opened.values()].map(async ({ name, made }): Promise<[string, T]> => [name, await made]),
      );
      return found.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    },
    closeEnvironment: (environment) => close((one) => one.environment === environment),
    keepOnly: (wanted) => {
      const keys = new Set(wanted.map(keyOf));
      return close((_one, key) => !keys.has(key));
    },
    close: () => close(() => true),
  };
}

function keyOf({ environment, name }: { readonly environment: string; readonly name: string }): string {
  return `${environment}/${name}`;
}
