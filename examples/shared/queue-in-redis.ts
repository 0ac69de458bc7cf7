import { randomUUID } from "node:crypto";
import { HttpError } from "./http-error.ts";
import type { Job, JobStore } from "./queue.ts";
import { type Redis, redisPrefix } from "./redis.ts";

// `waiting` lists ids, `jobs` holds what they are, `leases` when those that were given out come back. Each script is one step.
const take = `
local late = redis.call("ZRANGEBYSCORE", KEYS[3], "-inf", ARGV[1], "LIMIT", 0, 100)
for _, id in ipairs(late) do
  redis.call("ZREM", KEYS[3], id)
  redis.call("RPUSH", KEYS[1], id)
end
local id = redis.call("RPOP", KEYS[1])
if not id then return nil end
redis.call("ZADD", KEYS[3], ARGV[2], id)
return { id, redis.call("HGET", KEYS[2], id), redis.call("HINCRBY", KEYS[2] .. ":tries", id, 1) }`;
const finish = `
redis.call("ZREM", KEYS[3], ARGV[1])
redis.call("HDEL", KEYS[2], ARGV[1])
redis.call("HDEL", KEYS[2] .. ":tries", ARGV[1])`;
const setAside = `redis.call("HSET", KEYS[1] .. ":aside", ARGV[1], ARGV[2] .. " " .. (redis.call("HGET", KEYS[2], ARGV[1]) or ""))${finish}`;

export function queueInRedis(redis: Redis): JobStore {
  const keys = (queue: string): string[] => ["waiting", "jobs", "leases"].map((part) => `${redisPrefix}{${queue}}:${part}`);
  const run = (script: string, queue: string, ...args: readonly (string | number)[]): Promise<unknown> =>
    away(() => redis.eval(script, { keys: keys(queue), arguments: args.map(String) }));
  return {
    push: async (queue, body, trace) => {
      const id = randomUUID();
      const [waiting = "", jobs = ""] = keys(queue);
      await away(() => redis.multi().hSet(jobs, id, JSON.stringify({ body, trace })).lPush(waiting, id).exec());
      return id;
    },
    take: async (queue, leaseMs) => {
      const taken = (await run(take, queue, Date.now(), Date.now() + leaseMs)) as [string, string | null, number] | null;
      if (!taken?.[1]) return undefined;
      const [id, text, tries] = taken;
      return { ...(JSON.parse(text) as Pick<Job, "body" | "trace">), id, tries };
    },
    finish: async (queue, id) => void (await run(finish, queue, id)),
    retry: async (queue, id, afterMs) => {
      const [, , leases = ""] = keys(queue);
      await away(() => redis.zAdd(leases, { score: Date.now() + afterMs, value: id }));
    },
    setAside: async (queue, id, reason) => void (await run(setAside, queue, id, reason)),
    depth: (queue) => away(() => redis.lLen(keys(queue)[0] ?? "")),
  };
}

async function away<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new HttpError(503, "queue-away", "the queue does not answer", {
      cause: error instanceof Error ? error.name : "unknown",
    });
  }
}
