import { connect } from "node:net";
import type { Reading } from "./watcher.ts";

const timeoutMs = 2_000;
const mostAnswer = 256 * 1024;

/** What INFO tells, in the names of redis_exporter. */
export async function readRedis(resource: string, url: string, nowMs: number): Promise<readonly Reading[]> {
  const info = parseInfo(await askInfo(url));
  const names: Readonly<Record<string, string>> = {
    redis_memory_used_bytes: "used_memory",
    redis_memory_max_bytes: "maxmemory",
    redis_connected_clients: "connected_clients",
    redis_keyspace_hits_total: "keyspace_hits",
    redis_keyspace_misses_total: "keyspace_misses",
    redis_evicted_keys_total: "evicted_keys",
  };
  const labels = { resource };
  // Without a limit of its own it may have what the machine has.
  if (info.get("maxmemory") === "0") info.set("maxmemory", info.get("total_system_memory") ?? "0");
  const startedAt = nowMs / 1_000 - Number(info.get("uptime_in_seconds"));
  return [
    { name: "redis_up", labels, value: 1 },
    ...(Number.isFinite(startedAt) ? [{ name: "redis_start_time_seconds", labels, value: Math.round(startedAt) }] : []),
    ...Object.entries(names).flatMap(([name, field]): Reading[] => {
      const value = Number(info.get(field));
      return Number.isFinite(value) ? [{ name, labels, value }] : [];
    }),
  ];
}

export function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon <= 0 || line.startsWith("#") ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
}

/** One question over a connection of its own: AUTH where there is a password, then INFO. */
async function askInfo(url: string): Promise<string> {
  const { hostname, port, username, password } = new URL(url);
  const words = (...parts: readonly string[]): string =>
    `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;
  const auth = password === "" ? [] : [decodeURIComponent(username), decodeURIComponent(password)].filter((one) => one !== "");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(why));
    };
    let answer = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => fail("redis does not answer"));
    socket.on("error", (error) => reject(error));
    socket.on("close", () => reject(new Error("redis closed the connection")));
    socket.on("connect", () => socket.write(`${auth.length > 0 ? words("AUTH", ...auth) : ""}${words("INFO")}`));
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length > mostAnswer) return fail("redis answers too much");
      const rest = auth.length > 0 ? afterLine(answer) : answer;
      if (rest === undefined) return;
      if (answer[0] === minus || rest[0] === minus) return fail("redis refuses");
      const body = bulk(rest);
      if (body === undefined) return;
      socket.destroy();
      resolve(body);
    });
  });
}

const minus = "-".charCodeAt(0);

function afterLine(answer: Buffer): Buffer | undefined {
  const end = answer.indexOf("\r\n");
  return end < 0 ? undefined : answer.subarray(end + 2);
}

function bulk(answer: Buffer): string | undefined {
  const end = answer.indexOf("\r\n");
  if (end < 0) return undefined;
  const length = Number(answer.subarray(1, end).toString());
  const body = answer.subarray(end + 2, end + 2 + length);
  return body.length === length ? body.toString() : undefined;
}
