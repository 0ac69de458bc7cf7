import { createClient } from "@redis/client";
import { errorFields, log } from "./log.ts";

export type Redis = ReturnType<typeof connect>;

function connect(url: string) {
  const client = createClient({
    url,
    // Without a connection commands fail at once; whoever asks knows what to do without.
    disableOfflineQueue: true,
    socket: { connectTimeout: 2_000, reconnectStrategy: (tries) => Math.min(2_000, 50 * 2 ** tries) },
  });
  let told = false;
  client.on("error", (error) => {
    if (!told) log("warn", "redis does not answer", errorFields(error));
    told = true;
  });
  client.on("ready", () => (told = false));
  client.connect().catch((error: unknown) => log("warn", "redis does not answer", errorFields(error)));
  return client;
}

/** The redis that REDIS_URL, or REDIS_HOST and REDIS_PORT, name; undefined where there is none. */
export function redisOfEnvironment(): Redis | undefined {
  const { REDIS_URL: url, REDIS_HOST: host, REDIS_PORT: port = "6379" } = process.env;
  if (url) return connect(url);
  return host ? connect(`redis://${host}:${port}`) : undefined;
}

/** Keys of several environments may share one redis. */
export const redisPrefix = `${process.env["GANTRY_PRODUCT"] ?? "example"}:${process.env["GANTRY_ENVIRONMENT"] ?? "here"}:`;
