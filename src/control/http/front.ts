import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Endpoint } from "../../system/json-server.ts";
import { releaseMachine } from "../../delivery/release-machine.ts";
import type { Store } from "../../store/store.ts";
import type { Place } from "../../system/place.ts";
import type { Control } from "../control.ts";
import { createDesk } from "../engine/ask.ts";
import { anyMachine } from "../engine/driver.ts";
import type { Hosting } from "../hosting.ts";
import { builtFile } from "../processes.ts";
import { type Asker, everything } from "./api/asker.ts";
import { apiPaths, createApi } from "./api/create-api.ts";
import { createKnown } from "./known.ts";
import { type HttpListener, createHttpListener } from "./listener.ts";
import type { ApprovalLinks } from "../releases/approval-links.ts";
import { createGrantsOfSpec } from "./oidc/grants-of-spec.ts";
import { createIssuerKeys } from "./oidc/issuer-keys.ts";
import { loginSettingsIn } from "./oidc/login-settings.ts";
import { createOpenIdLogin } from "./oidc/open-id-login.ts";
import { createPipelines, usualIssuers } from "./oidc/pipelines.ts";
import type { Rate } from "./rates.ts";
import { cookieName, createSessions } from "./sessions.ts";
import { createTokens } from "./tokens.ts";

/** What every server has, whether or not it has the platform. */
export type Ground = {
  readonly place: Place;
  readonly store: Store;
  readonly hosting: Hosting;
  /** Where it listens. */
  readonly httpPort: number;
  readonly actor: string;
  readonly approvalLinks: ApprovalLinks;
};

export type FrontOptions = {
  readonly version: string;
  readonly onError: (error: unknown) => void;
  readonly nowMs: () => number;
  readonly env: NodeJS.ProcessEnv;
  /** How much each may ask, and how often somebody who is not known may try. */
  readonly asks?: Rate;
  readonly tries?: Rate;
};

export type Front = {
  /** Beside the endpoints of the socket: whoever may open that is the owner of this machine. */
  readonly endpoints: readonly Endpoint[];
  readonly others: { readonly under: readonly string[]; readonly answer: (...given: Parameters<RequestListener>) => void };
  /** This server has the platform from now on. */
  hold(control: Control): void;
  listen(): Promise<HttpListener>;
};

/** The API in its two forms, by the socket and by the network, and all by which somebody is known. */
export function createFront(ground: Ground, { version, onError, nowMs, env, asks, tries }: FrontOptions): Front {
  const { store, httpPort, place, actor } = ground;
  const { host, url } = ground.hosting;
  // Servers behind one address have one name, and one cookie.
  const base = url?.origin ?? `http://gantry.localhost:${httpPort}`;
  const port = url === undefined ? httpPort : portOf(url);
  const desk = createDesk(store, [anyMachine(releaseMachine)]);
  const grantsOf = createGrantsOfSpec(store);
  const keys = createIssuerKeys(nowMs, onError);
  const settings = loginSettingsIn(env);
  const redirectUri = `${base}/login/callback`;
  const openId = settings && createOpenIdLogin({ settings, redirectUri, sessions: store.sessions, keys, nowMs });
  const secure = url?.protocol === "https:";
  const sessions = createSessions({ store, port, secure, issuer: settings?.issuer, grantsOf });
  const tokens = createTokens(store);
  const pipelines = createPipelines({
    issuers: { ...usualIssuers, ...issuersIn(env["GANTRY_OIDC_ISSUERS"]) },
    audience: env["GANTRY_OIDC_AUDIENCE"] ?? "gantry",
    keys,
    grantsOf,
    nowMs,
  });
  const api = createApi({
    store,
    read: desk.read,
    socket: place.serverSocket,
    tokens,
    login: settings,
    others: ground.hosting.database !== undefined,
    onError,
    nowMs,
    asks,
    tries,
  });
  const owner: Asker = { id: "owner", name: actor, kind: "person", by: "socket", grants: everything, owner: true };
  const answerOwner = getRequestListener(api.forOwner(owner).fetch, { overrideGlobalObjects: false });
  const link = async () => {
    const token = await sessions.link({ name: actor, grants: everything, owner: true, by: "session" });
    return { url: `${base}/login/${token}` };
  };
  return {
    endpoints: [{ method: "POST", path: "/v1/login", answer: link }],
    others: { under: apiPaths, answer: (request, response) => void answerOwner(request, response) },
    hold: (control) => api.hold(control),
    listen: () =>
      createHttpListener({
        store,
        links: ground.approvalLinks,
        desk,
        nowMs,
        host,
        port: httpPort,
        url,
        api,
        known: createKnown(sessions, tokens, pipelines),
        login: { sessions, openId, grantsOf, cookie: { name: cookieName("login", { port, secure }), secure }, nowMs, onError },
        version,
        consoleFolder: builtFile("../console"),
        onError,
      }),
  };
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

/** `gitlab=https://gitlab.example.com,…` */
function issuersIn(text = ""): Readonly<Record<string, string>> {
  const pairs = text.split(",").flatMap((one): [string, string][] => {
    const [, name, url] = /^([a-z][a-z0-9-]*)=(https?:\/\/\S+)$/.exec(one.trim()) ?? [];
    return name === undefined || url === undefined ? [] : [[name, url]];
  });
  return Object.fromEntries(pairs);
}
