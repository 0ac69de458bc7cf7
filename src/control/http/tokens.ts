import { createHash, randomBytes } from "node:crypto";
import type { Grant } from "../../api/rights.ts";
import type { Actor } from "../../delivery/machine.ts";
import { UserError } from "../../lib/errors.ts";
import type { TokenRow } from "../../store/access-tokens.ts";
import type { Store } from "../../store/store.ts";
import { whoOf } from "../releases/actor-of.ts";
import type { Asker } from "./api/asker.ts";

// Tokens of programs. 256 random bits behind a prefix that scanners of repositories know it by; the database has the hash alone.

const form = /^gty_[A-Za-z0-9_-]{43}$/;

export type Wanted = {
  readonly name: string;
  readonly subject: string;
  readonly kind: Actor["kind"];
  readonly grants: readonly Grant[];
  readonly forMs: number;
  readonly by: Actor;
};

/** The one moment at which the token itself is there. */
export type Given = { readonly token: string; readonly row: TokenRow };

export type Tokens = {
  create(wanted: Wanted): Promise<Given>;
  rotate(id: string, how: { readonly graceMs: number; readonly forMs: number; readonly by: Actor }): Promise<Given>;
  revoke(id: string, by: Actor): Promise<void>;
  list(): Promise<readonly TokenRow[]>;
  /** Who it is that bears it. */
  asker(token: string): Promise<Asker | undefined>;
};

export function createTokens(store: Pick<Store, "accessTokens" | "addEvent" | "products">): Tokens {
  const told = async (kind: string, { id, name, grants }: TokenRow, by: Actor): Promise<void> => {
    const about = grants as readonly Grant[];
    const products = await store.products();
    const concerned = products.filter((one) => about.some(({ product }) => product === "*" || product === one));
    // It is in the log of each product that it opens; where there is none yet, in that of Gantry itself.
    for (const product of concerned.length === 0 ? ["gantry"] : concerned)
      await store.addEvent({ product, kind, ...whoOf(by), subject: name, data: { id, grants: about } });
  };
  const known = (row: TokenRow | undefined, id: string): TokenRow => {
    if (row !== undefined) return row;
    throw new UserError("unknown-token", `there is no token ${JSON.stringify(id.slice(0, 60))} that is still good`, {
      hint: "gantry token list shows those there are",
    });
  };
  return {
    async create({ by, ...wanted }) {
      const token = fresh();
      const id = `tok-${randomBytes(6).toString("hex")}`;
      const row = known(await store.accessTokens.add({ ...wanted, id, createdBy: by.name, hash: hashOf(token) }), id);
      await told("token.created", row, by);
      return { token, row };
    },
    async rotate(id, { graceMs, forMs, by }) {
      const token = fresh();
      const row = known(await store.accessTokens.rotate(id, { hash: hashOf(token), graceMs, forMs }), id);
      await told("token.rotated", row, by);
      return { token, row };
    },
    async revoke(id, by) {
      await told("token.revoked", known(await store.accessTokens.revoke(id), id), by);
    },
    list: () => store.accessTokens.list(),
    async asker(token) {
      const row = form.test(token) ? await store.accessTokens.use(hashOf(token)) : undefined;
      if (row === undefined) return undefined;
      const { id, subject: name, kind, expiresAt } = row;
      return { id, name, kind, by: "token", grants: row.grants as readonly Grant[], owner: false, expiresAt };
    },
  };
}

function fresh(): string {
  return `gty_${randomBytes(32).toString("base64url")}`;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
