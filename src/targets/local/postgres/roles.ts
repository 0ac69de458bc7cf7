import { UserError } from "../../../lib/errors.ts";
import { rowsOf, type Client } from "../../../migrations/run/connect.ts";
import { identifier, literal, wholeNumber } from "../../../migrations/run/identifier.ts";
import { isVerifierOf, scramVerifier } from "./scram.ts";

/**
 * What a role may in its database. `service`: read and write rows; `reader`: read them; `migrator`: whatever makes and changes the
 * tables, acting as the owner.
 */
export type RoleKind = "service" | "migrator" | "reader";

export type DatabaseRole = {
  readonly name: string;
  readonly password: string;
  readonly kind: RoleKind;
  /** How many connections it may hold; no limit of its own when nothing is said. */
  readonly connectionLimit?: number;
};

type WantedRole = { readonly name: string; readonly password?: string; readonly connectionLimit?: number };
type StoredRole = {
  readonly rolsuper: boolean;
  readonly plain: boolean;
  readonly rolcanlogin: boolean;
  readonly rolconnlimit: number;
  readonly rolpassword: string | null;
};

const roleNamed = `SELECT rolsuper, rolcanlogin, rolconnlimit, rolpassword,
  rolinherit AND NOT (rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls) AS plain FROM pg_authid WHERE rolname = $1`;

/** Makes a role, or makes it what it should be. One with a password may log in. */
export async function ensureRole(client: Client, { name, password, connectionLimit = -1 }: WantedRole): Promise<void> {
  const role = ownRole(name);
  const limit = wholeNumber(connectionLimit);
  const [stored] = await rowsOf<StoredRole>(client, roleNamed, [name]);
  if (stored?.rolsuper) throw refused(name, "is a superuser");
  const isRight =
    stored?.plain === true &&
    stored.rolconnlimit === connectionLimit &&
    stored.rolcanlogin === (password !== undefined) &&
    (password === undefined || isVerifierOf(stored.rolpassword ?? "", password));
  if (isRight) return;
  const secret = password === undefined ? "NOLOGIN" : `LOGIN PASSWORD ${literal(scramVerifier(password))}`;
  await client.query(
    `${stored ? "ALTER" : "CREATE"} ROLE ${role} WITH NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT
     CONNECTION LIMIT ${limit} ${secret}`,
  );
}

/** A role's name in a statement, if it is one that a product may have. */
export function ownRole(name: string): string {
  if (/^pg_/i.test(name) || ["postgres", "public", "none"].includes(name.toLowerCase()))
    throw refused(name, "belongs to the server");
  return identifier(name);
}

export function ownDatabase(name: string): string {
  if (["postgres", "template0", "template1"].includes(name)) throw refused(name, "belongs to the server");
  return identifier(name);
}

const refused = (name: string, why: string): UserError =>
  new UserError("bad-name", `${JSON.stringify(name)} ${why}`, { hint: "choose another name" });

const membersOf = `SELECT member.rolname AS name FROM pg_auth_members
  JOIN pg_roles member ON member.oid = pg_auth_members.member JOIN pg_roles role ON role.oid = pg_auth_members.roleid
  WHERE role.rolname = $1`;

/** Makes exactly these the members of a role. */
export async function setMembers(client: Client, role: string, members: readonly string[]): Promise<void> {
  const before = (await rowsOf<{ name: string }>(client, membersOf, [role])).map(({ name }) => name);
  for (const name of members.filter((one) => !before.includes(one))) {
    await client.query(`GRANT ${identifier(role)} TO ${ownRole(name)}`);
  }
  for (const name of before.filter((one) => !members.includes(one))) {
    await client.query(`REVOKE ${identifier(role)} FROM ${identifier(name)}`);
  }
}
