import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../../api/client.ts";
import type { Routes } from "../../api/routes.ts";
import type { Platform } from "../platform.ts";
import { type Elsewhere, onlyHere } from "./elsewhere.ts";
import { harmless } from "./harmless.ts";
import { reads } from "./reads.ts";
import { words } from "./words.ts";

// A server elsewhere, to commands the same as that of this folder: what they ask of a socket is asked of the API.

/** How often somebody waits for a server that is being started anew. */
const patienceMs = 1_000;

type About = Omit<Elsewhere, "api"> & {
  /** What it tells is shown to people, and not given to a program. */
  readonly isForEyes: boolean;
};

export function remotePlatform(api: Client<Routes>, { server, product, isForEyes }: About): Platform {
  const elsewhere: Elsewhere = { api, server, product };
  const shown = <T>(value: T): T => (isForEyes ? harmless(value) : value);
  return {
    server,
    async get<Answer>(asked: string) {
      const { pathname, searchParams } = new URL(asked, "http://server");
      const read = reads[pathname];
      if (read === undefined) throw onlyHere(server);
      return shown(await read(elsewhere, (name) => searchParams.get(name) ?? undefined)) as Answer;
    },
    async *send<Line>(path: string, body: unknown, signal?: AbortSignal) {
      const say = words[path];
      if (say === undefined) throw onlyHere(server);
      const lines = say(elsewhere, body as Readonly<Record<string, unknown>>, signal) as AsyncIterable<Line>;
      for await (const line of lines) yield shown(line);
    },
    revive: () => sleep(patienceMs),
  };
}
