import { counter } from "./metrics.ts";
import { type Redis, redisPrefix } from "./redis.ts";

export type Cache = {
  /** What is kept under the key, else what `make` makes, which is then kept for a while. */
  readonly through: <T>(key: string, seconds: number, make: () => Promise<T>) => Promise<T>;
  readonly forget: (key: string) => Promise<void>;
  /** Is this one of the first `most` of this key in this span of time? */
  readonly allows: (key: string, most: number, perSeconds: number) => Promise<boolean>;
};

const asked = counter("cache_requests_total", "What was asked of the cache.", [{ result: "hit" }, { result: "miss" }]);

/** In redis where there is one that answers, else in this process's memory: then each instance remembers for itself. */
export function createCache(redis: Redis | undefined): Cache {
  const memory = createMemory();
  const store = (): Store => (redis?.isReady ? inRedis(redis) : memory);
  return {
    through: async (key, seconds, make) => {
      const found = await store()
        .get(key)
        .catch(() => undefined);
      asked({ result: found === undefined ? "miss" : "hit" });
      if (found !== undefined) return JSON.parse(found) as Awaited<ReturnType<typeof make>>;
      const made = await make();
      await store()
        .set(key, JSON.stringify(made), seconds)
        .catch(() => undefined);
      return made;
    },
    forget: async (key) => {
      await store()
        .forget(key)
        .catch(() => undefined);
    },
    allows: async (key, most, perSeconds) => {
      const window = Math.floor(Date.now() / 1_000 / perSeconds);
      const count = await store()
        .count(`${key}:${window}`, perSeconds)
        .catch(() => 0);
      return count <= most;
    },
  };
}

type Store = {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, value: string, seconds: number) => Promise<void>;
  readonly forget: (key: string) => Promise<void>;
  readonly count: (key: string, seconds: number) => Promise<number>;
};

function inRedis(redis: Redis): Store {
  return {
    get: async (key) => (await redis.get(redisPrefix + key)) ?? undefined,
    set: async (key, value, seconds) => void (await redis.set(redisPrefix + key, value, { EX: seconds })),
    forget: async (key) => void (await redis.del(redisPrefix + key)),
    count: async (key, seconds) => {
      const [count] = await redis
        .multi()
        .incr(redisPrefix + key)
        .expire(redisPrefix + key, seconds)
        .exec();
      return Number(count);
    },
  };
}

const most = 10_000;

function createMemory(): Store {
  const entries = new Map<string, { value: string; until: number }>();
  const live = (key: string): { value: string; until: number } | undefined => {
    const entry = entries.get(key);
    if (entry && entry.until > Date.now()) return entry;
    entries.delete(key);
    return undefined;
  };
  const keep = (key: string, value: string, until: number): void => {
    entries.delete(key);
    entries.set(key, { value, until });
    // The oldest goes first.
    const [oldest] = entries.keys();
    if (entries.size > most && oldest !== undefined) entries.delete(oldest);
  };
  return {
    get: async (key) => live(key)?.value,
    set: async (key, value, seconds) => keep(key, value, Date.now() + seconds * 1_000),
    forget: async (key) => void entries.delete(key),
    count: async (key, seconds) => {
      const entry = live(key);
      const count = Number(entry?.value ?? 0) + 1;
      keep(key, String(count), entry?.until ?? Date.now() + seconds * 1_000);
      return count;
    },
  };
}
