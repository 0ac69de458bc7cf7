import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Grant } from "../../api/rights.ts";
import { type Said, loginPage } from "./login-page.ts";
import { LoginRefused, type WhyRefused } from "./oidc/login-refused.ts";
import { type OpenIdLogin, random } from "./oidc/open-id-login.ts";
import { ownPath } from "./own-path.ts";
import { notePage, pageHeaders } from "./page.ts";
import { createRates } from "./rates.ts";
import type { Sessions } from "./sessions.ts";

export type LoginParts = {
  readonly sessions: Sessions;
  /** By whom people are known, where that is said. */
  readonly openId: OpenIdLogin | undefined;
  readonly grantsOf: (name: string) => Promise<readonly Grant[]>;
  /** Of the cookie that binds a login to the browser that began it. */
  readonly cookie: { readonly name: string; readonly secure: boolean };
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
};

const cookieS = 600;

/** Coming in by a link that is good once, or by an issuer that knows who it is; and leaving. */
export function loginRoutes({ sessions, openId, grantsOf, cookie, nowMs, onError }: LoginParts): Hono {
  const app = new Hono();
  // Each that begins is kept for ten minutes: whoever may begin without being known is held to a measure.
  const begun = createRates({ perSecond: 5, burst: 100 }, nowMs);
  const keep = (context: Context, value: string, maxAge: number) =>
    // Lax: the browser that comes back from elsewhere brings it.
    setCookie(context, cookie.name, value, { path: "/", httpOnly: true, sameSite: "Lax", secure: cookie.secure, maxAge });
  const show = (context: Context, said: Said) => context.body(loginPage(said, openId?.settings.name), said.status, pageHeaders);
  const failed = (context: Context, error: unknown) => {
    onError(error instanceof LoginRefused ? new Error(`a login was refused: ${error.message}`) : error);
    return show(context, says[error instanceof LoginRefused ? error.why : "unreachable"]);
  };

  app.get("/login", async (context) => {
    if (openId === undefined) return show(context, says["no-issuer"]);
    if (context.req.method !== "GET") return notHere(context);
    if (begun.take(getConnInfo(context).remote.address ?? "") > 0) return show(context, says["too-many"]);
    try {
      // Two pages of one browser may log in at once.
      const before = getCookie(context, cookie.name) ?? "";
      const mine = /^[\w-]{43}$/.test(before) ? before : random();
      const location = await openId.begin(ownPath(context.req.query("to")), mine);
      keep(context, mine, cookieS);
      return context.body("", 303, { ...pageHeaders, location });
    } catch (error) {
      return failed(context, error);
    }
  });

  app.get("/login/callback", async (context) => {
    if (openId === undefined) return show(context, says["no-issuer"]);
    if (context.req.method !== "GET") return notHere(context);
    try {
      const query = new URL(context.req.url).searchParams;
      const { name, to } = await openId.finish(query, getCookie(context, cookie.name) ?? "");
      if ((await grantsOf(name)).length === 0) throw new LoginRefused("no-role", `${name} is in no role`);
      await sessions.begin(context, { name, grants: [], owner: false, by: "oidc", issuer: openId.settings.issuer });
      keep(context, "", 0);
      return context.body("", 303, { ...pageHeaders, location: to });
    } catch (error) {
      return failed(context, error);
    }
  });

  app.get("/login/:token", async (context) => {
    // Whoever only looks what is there uses nothing up.
    if (context.req.method !== "GET") return notHere(context);
    if (await sessions.enter(context, context.req.param("token")))
      return context.body("", 303, { ...pageHeaders, location: "/" });
    const used = "This link was used, or is too old: each is good once, for five minutes. gantry open --console makes a new one.";
    return context.body(notePage("Not any more", used), 410, pageHeaders);
  });

  app.post("/logout", async (context) => {
    await sessions.leave(context);
    return context.body(null, 204, pageHeaders);
  });
  return app;
}

function notHere(context: Context): Response {
  return context.body(null, 405, { ...pageHeaders, allow: "GET" });
}

const says: Readonly<Record<WhyRefused | "unreachable" | "no-issuer" | "too-many", Said>> = {
  stale: {
    status: 400,
    title: "Not any more",
    says: "This login was not begun in this browser, was used already, or took longer than ten minutes.",
    again: true,
  },
  denied: {
    status: 403,
    title: "Not logged in",
    says: "The login was refused or broken off there. Nothing has changed.",
    again: true,
  },
  failed: {
    status: 502,
    title: "Not logged in",
    says: "The login did not come to its end there. The server's log says why.",
    again: true,
  },
  "not-believed": {
    status: 403,
    title: "Not logged in",
    says: "What came back does not prove who you are. The server's log says why.",
    again: true,
  },
  unverified: {
    status: 403,
    title: "Not logged in",
    says: "Who you are is told by an address that was verified, and none came with this login.",
    again: true,
  },
  "no-role": {
    status: 403,
    title: "Known, and without a role",
    says: "No role of a spec here gives you anything. Whoever keeps the spec names you in one; then log in again.",
    again: true,
  },
  unreachable: {
    status: 502,
    title: "Not now",
    says: "Whoever has to say who you are does not answer. Try it again in a moment.",
    again: true,
  },
  "too-many": { status: 429, title: "Not now", says: "Many log in at this moment. Try it again in a few seconds.", again: true },
  "no-issuer": {
    status: 404,
    title: "Nothing to log in with",
    says: "This server knows nobody who says who somebody is. gantry open --console, on its machine, prints a link that lets a browser in once.",
    again: false,
  },
};
