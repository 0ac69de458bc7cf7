import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Endpoint } from "../../system/json-server.ts";
import type { Control } from "../control.ts";
import { builtFile } from "../processes.ts";
import { type Asker, everything } from "./api/asker.ts";
import { apiPaths, createApi } from "./api/create-api.ts";
import { createKnown } from "./known.ts";
import { type HttpListener, createHttpListener } from "./listener.ts";
import { createGrantsOfSpec } from "./oidc/grants-of-spec.ts";
import { createIssuerKeys } from "./oidc/issuer-keys.ts";
import { createPipelines, usualIssuers } from "./oidc/pipelines.ts";
import { createSessions } from "./sessions.ts";
import { createTokens } from "./tokens.ts";

export type FrontOptions = {
  readonly version: string;
  readonly onError: (error: unknown) => void;
  readonly nowMs: () => number;
  readonly env: NodeJS.ProcessEnv;
};

export type Front = {
  /** Beside the endpoints of the socket: whoever may open that is the owner of this machine. */
  readonly endpoints: readonly Endpoint[];
  readonly others: { readonly under: readonly string[]; readonly answer: (...given: Parameters<RequestListener>) => void };
  listen(): HttpListener;
};

/** The API in its two forms, by the socket and by the network, and all by which somebody is known. */
export function createFront(control: Control, { version, onError, nowMs, env }: FrontOptions): Front {
  const { platform, engine } = control;
  const { store, httpPort: port, hosting } = platform;
  const { host, url } = hosting;
  const sessions = createSessions({ store, port, secure: url?.protocol === "https:" });
  const tokens = createTokens(store);
  const pipelines = createPipelines({
    issuers: { ...usualIssuers, ...issuersIn(env["GANTRY_OIDC_ISSUERS"]) },
    audience: env["GANTRY_OIDC_AUDIENCE"] ?? "gantry",
    keys: createIssuerKeys(nowMs, onError),
    grantsOf: createGrantsOfSpec(store, nowMs),
    nowMs,
  });
  const api = createApi(control, { tokens, onError, nowMs });
  const owner: Asker = { id: "owner", name: platform.actor, kind: "person", by: "socket", grants: everything, owner: true };
  const answerOwner = getRequestListener(api.forOwner(owner).fetch, { overrideGlobalObjects: false });
  const link = async () => {
    const token = await sessions.link({ name: platform.actor, grants: everything, owner: true, by: "session" });
    return { url: `${url?.origin ?? `http://gantry.localhost:${port}`}/login/${token}` };
  };
  return {
    endpoints: [{ method: "POST", path: "/v1/login", answer: link }],
    others: { under: apiPaths, answer: (request, response) => void answerOwner(request, response) },
    listen: () =>
      createHttpListener({
        store,
        links: platform.approvalLinks,
        engine,
        nowMs,
        host,
        port,
        url,
        api,
        known: createKnown(sessions, tokens, pipelines),
        sessions,
        version,
        consoleFolder: builtFile("../console"),
        onError,
      }),
  };
}

/** `gitlab=https://gitlab.example.com,…` */
function issuersIn(text = ""): Readonly<Record<string, string>> {
  const pairs = text.split(",").flatMap((one): [string, string][] => {
    const [, name, url] = /^([a-z][a-z0-9-]*)=(https?:\/\/\S+)$/.exec(one.trim()) ?? [];
    return name === undefined || url === undefined ? [] : [[name, url]];
  });
  return Object.fromEntries(pairs);
}
