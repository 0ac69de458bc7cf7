import { inTransaction, rowsOf, type Client } from "../../../migrations/run/connect.ts";
import { identifier } from "../../../migrations/run/identifier.ts";
import { ownRole, setMembers, type DatabaseRole, type RoleKind } from "./roles.ts";

// A database belongs to the superuser: its owner could lift its connection limit. Rights on the database itself are held by two
// roles made for it, and never by a product's roles: `DROP OWNED`, which frees a clone from the roles of its source, would take
// their rights on the source away too.

export const connectRole = (database: string): string => `${database}/connect`;
export const createRole = (database: string): string => `${database}/create`;

/** The schema of Gantry's own records, which only the owner sees. */
const recordsSchema = "gantry";

export type Access = { readonly database: string; readonly owner: string; readonly roles: readonly DatabaseRole[] };

/** Who may connect, and as what. To be done on any database of the server. */
export async function setAccess(client: Client, { database, owner, roles }: Access): Promise<void> {
  const name = identifier(database);
  await inTransaction(client, async () => {
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${identifier(connectRole(database))}`);
    await client.query(`GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${name} TO ${identifier(createRole(database))}`);
    const migrators = roles.filter(({ kind }) => kind === "migrator").map((role) => role.name);
    const others = roles.filter(({ kind }) => kind !== "migrator").map((role) => role.name);
    await setMembers(client, createRole(database), [owner]);
    await setMembers(client, owner, migrators);
    await setMembers(client, connectRole(database), others);
    for (const role of others) await client.query(`ALTER ROLE ${ownRole(role)} IN DATABASE ${name} RESET role`);
    // What a migrator makes belongs to the owner, whoever migrates the next time.
    for (const role of migrators) {
      await client.query(`ALTER ROLE ${ownRole(role)} IN DATABASE ${name} SET role = ${identifier(owner)}`);
    }
  });
}

const ownSchemas = `SELECT nspname AS name FROM pg_namespace
  WHERE nspname = 'public' OR (nspowner = $1::regrole AND nspname <> $2)`;

type Rights = { readonly tables: string; readonly sequences: string };

const rightsOf: Readonly<Record<RoleKind, Rights | undefined>> = {
  service: { tables: "SELECT, INSERT, UPDATE, DELETE", sequences: "USAGE, SELECT, UPDATE" },
  reader: { tables: "SELECT", sequences: "SELECT" },
  // It has the owner's.
  migrator: undefined,
};

/** What each role may with what is in the database, and with what the owner will still make. To be done in the database. */
export async function setPrivileges(client: Client, { owner, roles }: Access): Promise<void> {
  const ownerName = ownRole(owner);
  await inTransaction(client, async () => {
    await client.query(`ALTER SCHEMA public OWNER TO ${ownerName}`);
    await client.query("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    // Extensions may have made schemas and types that everybody uses; the owner's are named one by one.
    const schemas = (await rowsOf<{ name: string }>(client, ownSchemas, [ownerName, recordsSchema])).map((row) =>
      identifier(row.name),
    );
    for (const role of roles) {
      for (const schema of schemas) await setInSchema(client, { ownerName, role, schema });
    }
  });
}

type InSchema = { readonly ownerName: string; readonly role: DatabaseRole; readonly schema: string };

async function setInSchema(client: Client, { ownerName, role, schema }: InSchema): Promise<void> {
  const name = ownRole(role.name);
  const rights = rightsOf[role.kind];
  const later = `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} IN SCHEMA ${schema}`;
  const statements = [
    // What it had as another kind goes first.
    `REVOKE ALL ON SCHEMA ${schema} FROM ${name}`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${name}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${schema} FROM ${name}`,
    `${later} REVOKE ALL ON TABLES FROM ${name}`,
    `${later} REVOKE ALL ON SEQUENCES FROM ${name}`,
    ...(rights === undefined
      ? []
      : [
          `GRANT USAGE ON SCHEMA ${schema} TO ${name}`,
          `GRANT ${rights.tables} ON ALL TABLES IN SCHEMA ${schema} TO ${name}`,
          `GRANT ${rights.sequences} ON ALL SEQUENCES IN SCHEMA ${schema} TO ${name}`,
          `${later} GRANT ${rights.tables} ON TABLES TO ${name}`,
          `${later} GRANT ${rights.sequences} ON SEQUENCES TO ${name}`,
        ]),
  ];
  await client.query(statements.join(";\n"));
}
