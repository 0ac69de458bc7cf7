import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Answered, ApiProblem, type Client, type Send, createClient } from "../api/client.ts";
import type { Routes } from "../api/routes.ts";
import { GantryError } from "../lib/errors.ts";
import type { Given, Option } from "./command.ts";
import { credentialsFor } from "./credentials.ts";
import { localPlatform, requireServer } from "./platform.ts";
import { readSpec } from "./read-spec.ts";

export const serverOption: Option = {
  type: "string",
  placeholder: "url",
  help: "another server than that of this folder; else GANTRY_SERVER",
};

/** The API as this command line reaches it: the server that is named, else that of this folder by its socket. */
export async function apiOf(given: Given): Promise<Client<Routes>> {
  const named = typeof given.options["server"] === "string" ? given.options["server"] : process.env["GANTRY_SERVER"];
  if (named !== undefined && named !== "") {
    const { url, token } = credentialsFor(named);
    return told(createClient<Routes>({ base: url, send: sendTo(), headers: { authorization: `Bearer ${token}` } }));
  }
  const { file } = await readSpec(given);
  const platform = localPlatform(file);
  await requireServer(platform);
  return told(createClient<Routes>({ base: "http://socket", send: sendTo(platform.place.serverSocket) }));
}

export function remoteApi(url: string, token: string): Client<Routes> {
  return told(createClient<Routes>({ base: url, send: sendTo(), headers: { authorization: `Bearer ${token}` } }));
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

const patienceMs = 120_000;
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
      sent.once("error", (error: NodeJS.ErrnoException) =>
        reject(
          new GantryError("not-reachable", `the server does not answer (${error.code ?? error.message})`, {
            hint: "is it the right address?",
            cause: error,
          }),
        ),
      );
      sent.end(body);
    });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new GantryError("not-reachable", "the server answers with more than can be taken");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
