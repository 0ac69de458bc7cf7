import { createHash, randomBytes } from "node:crypto";
import { type Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Grant } from "../../api/rights.ts";
import type { Store } from "../../store/store.ts";
import type { Asker } from "./api/asker.ts";

// How a browser comes to be known.
//
// 1. A link is good once and for a few minutes. What it leads to is a cookie that no script sees and no other site sends.
// 2. Both are 256 random bits; the database has their hashes.
// 3. Whoever came in by an issuer may what the roles of the specs say at the moment of asking, and nothing once that issuer is not asked any more.

type Kept = {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly owner: boolean;
  readonly by: "session" | "oidc";
  /** Who vouched for it, where somebody did: then what it may is asked anew each time, and not kept. */
  readonly issuer?: string;
};

const linkMs = 5 * 60_000;
const sessionMs = 12 * 3_600_000;

export type Sessions = {
  /** The token of a link by which whoever has it comes in as this one. */
  link(who: Kept): Promise<string>;
  /** Takes the link and begins a session; false where it is none, or is used up. */
  enter(context: Context, token: string): Promise<boolean>;
  begin(context: Context, who: Kept): Promise<void>;
  asker(context: Context): Promise<Asker | undefined>;
  leave(context: Context): Promise<void>;
};

export type SessionParts = {
  readonly store: Pick<Store, "sessions">;
  readonly port: number;
  readonly secure: boolean;
  /** Who is asked to vouch for people, if anybody is. */
  readonly issuer: string | undefined;
  /** What the roles of the specs give to somebody. */
  readonly grantsOf: (name: string) => Promise<readonly Grant[]>;
};

/** One host may have several platforms, each at a port of its own, and cookies know no ports. `port` is that of the address that people know. */
export function cookieName(what: "session" | "login", { port, secure }: Pick<SessionParts, "port" | "secure">): string {
  return `${secure ? "__Host-" : ""}gantry_${what}_${port}`;
}

export function createSessions({ store, port, secure, issuer, grantsOf }: SessionParts): Sessions {
  const cookie = cookieName("session", { port, secure });
  const endBefore = async (context: Context): Promise<void> => {
    const token = getCookie(context, cookie);
    if (token !== undefined && isToken(token)) await store.sessions.end(hashOf(token));
  };
  const begin = async (context: Context, who: Kept): Promise<void> => {
    const token = randomBytes(32).toString("base64url");
    await endBefore(context);
    await store.sessions.add(hashOf(token), false, { who, forMs: sessionMs });
    setCookie(context, cookie, token, { path: "/", httpOnly: true, sameSite: "Strict", secure, maxAge: sessionMs / 1_000 });
  };
  return {
    async link(who) {
      const token = randomBytes(32).toString("base64url");
      await store.sessions.add(hashOf(token), true, { who, forMs: linkMs });
      return token;
    },
    async enter(context, token) {
      const who = isToken(token) ? ((await store.sessions.take(hashOf(token))) as Kept | undefined) : undefined;
      if (who === undefined) return false;
      await begin(context, who);
      return true;
    },
    begin,
    async asker(context) {
      const token = getCookie(context, cookie);
      if (token === undefined || !isToken(token)) return undefined;
      const found = await store.sessions.find(hashOf(token));
      if (found === undefined) return undefined;
      const { name, grants, owner, by, issuer: vouched } = found.who as Kept;
      const known = { name, kind: "person", by, expiresAt: found.expiresAt } as const;
      if (by === "session") return { ...known, id: `person ${name}`, grants, owner };
      return vouched === issuer ? { ...known, id: `login ${name}`, grants: await grantsOf(name), owner: false } : undefined;
    },
    async leave(context) {
      await endBefore(context);
      setCookie(context, cookie, "", { path: "/", httpOnly: true, sameSite: "Strict", secure, maxAge: 0 });
    },
  };
}

function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
