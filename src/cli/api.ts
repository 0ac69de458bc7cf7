import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answered, ApiProblem, type Client, type More, type Send, createClient } from "../api/client.ts";
import type { Routes } from "../api/routes.ts";
import { GantryError } from "../lib/errors.ts";
import type { Given } from "./command.ts";
import { credentialsFor } from "./credentials.ts";
import { localPlatform, requireServer } from "./platform.ts";
import { readSpec } from "./read-spec.ts";

/** The server elsewhere that is meant; nothing where it is that of this folder. */
export function serverNamed({ options }: Pick<Given, "options">): string | undefined {
  const { server } = options;
  const named = typeof server === "string" ? server : process.env["GANTRY_SERVER"];
  return named === "" ? undefined : named;
}

/** The API as this command line reaches it: the server that is named, else that of this folder by its socket. */
export async function apiOf(given: Given): Promise<Client<Routes>> {
  const named = serverNamed(given);
  if (named !== undefined) return namedApi(named).api;
  const { file } = await readSpec(given);
  const platform = localPlatform(file);
  await requireServer(platform);
  return told(createClient<Routes>({ base: "http://socket", send: sendTo(platform.place.serverSocket) }));
}

/** The API of a server elsewhere, as whoever is known to it here. */
export function namedApi(named: string): { readonly url: string; readonly api: Client<Routes> } {
  const { url, token } = credentialsFor(named);
  return { url, api: remoteApi(url, token) };
}

export function remoteApi(url: string, token: string): Client<Routes> {
  return again(told(createClient<Routes>({ base: url, send: sendTo(), headers: { authorization: `Bearer ${token}` } })));
}

const mostTries = 4;
const betweenMs = 500;

/** What bears a key may be said again where the connection broke off: it is done once, and answered the same. */
function again(client: Client<Routes>): Client<Routes> {
  const ask = client as (key: string, given?: unknown, more?: More) => Promise<unknown>;
  const call = async (key: string, given?: unknown, more?: More): Promise<unknown> => {
    for (let tries = 1; ; tries += 1)
      try {
        return await ask(key, given, more);
      } catch (error) {
        const isLost = error instanceof GantryError && error.code === "not-reachable" && hasBrokenOff(error.cause);
        const isBeingDone = tries > 1 && error instanceof GantryError && error.code === "under-way";
        if (more?.idempotencyKey === undefined || tries >= mostTries || !(isLost || isBeingDone)) throw error;
        await sleep(betweenMs * tries);
      }
  };
  return call as Client<Routes>;
}

/** It had been there: whoever never answered has not heard it either. */
function hasBrokenOff(cause: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/** A refusal is the error that the other side had. */
function told(client: Client<Routes>): Client<Routes> {
  const ask = client as (...given: readonly unknown[]) => Promise<unknown>;
  const call = async (...given: readonly unknown[]): Promise<unknown> => {
    try {
      return await ask(...given);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const { code, detail, title, hint } = error.problem;
      throw new GantryError(code, detail ?? title, hint === undefined ? {} : { hint });
    }
  };
  return call as Client<Routes>;
}

/** What takes long says nothing until it is done: a release is built, a preview comes up. */
const patienceMs = 600_000;
const mostBytes = 64 * 2 ** 20;

function sendTo(socketPath?: string): Send {
  return (url, { method, headers, body, signal }) =>
    new Promise<Answered>((resolve, reject) => {
      const request = url.startsWith("https:") ? requestHttps : requestHttp;
      const options = {
        method,
        headers,
        timeout: patienceMs,
        ...(socketPath === undefined ? {} : { socketPath }),
        ...(signal ? { signal } : {}),
      };
      const sent = request(url, options, (response) => {
        resolve({
          status: response.statusCode ?? 500,
          headers: { get: (name) => String(response.headers[name] ?? "") },
          text: () => textOf(response),
        });
      });
      sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
      sent.once("error", (error: NodeJS.ErrnoException) => reject(notReached(error)));
      sent.end(body);
    });
}

function notReached(error: NodeJS.ErrnoException): GantryError {
  return new GantryError("not-reachable", `the server does not answer (${error.code ?? error.message})`, {
    hint: "is it the right address?",
    cause: error,
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw new GantryError("not-reachable", "the server answers with more than can be taken");
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof GantryError ? error : notReached(error as NodeJS.ErrnoException);
  }
  return Buffer.concat(chunks).toString("utf8");
}
