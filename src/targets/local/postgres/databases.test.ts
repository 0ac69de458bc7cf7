import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cloneDatabase } from "./clone.ts";
import { withClient } from "../../../migrations/run/connect.ts";
import {
  databaseSize,
  databaseUrl,
  dropDatabase,
  listDatabases,
  provisionDatabase,
  templateName,
  type DatabaseSpec,
} from "./databases.ts";
import { findServers } from "./find-servers.ts";
import { applyMigrations } from "../../../migrations/run/apply.ts";
import { ensurePostgres, removePostgres, type PostgresServer } from "./server.ts";
import { ensureTemplate, prepareTemplate } from "./template.ts";

const code = (value: string): unknown => expect.objectContaining({ code: value });

function specOf(environment: string, more: Partial<DatabaseSpec> = {}): DatabaseSpec {
  return {
    database: `shop_${environment}`,
    owner: `shop_${environment}_owner`,
    connectionLimit: 20,
    roles: [
      { name: `shop_${environment}_api`, password: "p'w\\1$", kind: "service" },
      { name: `shop_${environment}_migrate`, password: "m", kind: "migrator" },
      { name: `shop_${environment}_report`, password: "r", kind: "reader" },
    ],
    ...more,
  };
}

const roleNames = (spec: DatabaseSpec): readonly string[] => [...spec.roles.map(({ name }) => name), spec.owner];

/** The oldest Postgres here has other rules than the newest: public schemas, who may grant what, how files are copied. */
const installed = findServers().find(({ kind }) => kind === "installed")?.major;
const majors: readonly (number | undefined)[] = [undefined, ...(installed === undefined ? [] : [installed])];

describe.each(majors)("on Postgres %s (nothing: the one that npm brings)", (wanted) => {
  const scratch = mkdtempSync(path.join(tmpdir(), "gantry-databases-"));
  const migrations = path.join(scratch, "migrations");
  let server: PostgresServer;

  const as = async <T>(spec: DatabaseSpec, kind: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const role = spec.roles.find((one) => one.kind === kind);
    if (!role) throw new Error(`no ${kind}`);
    return withClient(databaseUrl(server, role, spec.database), work);
  };
  const one = async (client: Client, sql: string): Promise<unknown> =>
    Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  const asAdmin = <T>(database: string, work: (client: Client) => Promise<T>): Promise<T> =>
    withClient(server.superuserUrl(database), work);

  const dev = specOf("dev");
  const prod = specOf("prod");

  beforeAll(async () => {
    server = await ensurePostgres({ folder: path.join(scratch, "postgres"), ...(wanted === undefined ? {} : { wanted }) });
    mkdirSync(migrations);
    writeFileSync(
      path.join(migrations, "0001_orders.sql"),
      `CREATE TYPE colour AS ENUM ('red', 'green');
       CREATE TABLE customers (id bigserial PRIMARY KEY, name text NOT NULL);
       CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer bigint NOT NULL REFERENCES customers,
         colours colour[] NOT NULL DEFAULT '{red}', total numeric NOT NULL, twice numeric GENERATED ALWAYS AS (total * 2) STORED);
       CREATE TABLE readings (at date NOT NULL, value int) PARTITION BY RANGE (at);
       CREATE TABLE readings_2026 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
       CREATE VIEW totals AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;
       CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := NEW.name || '!'; RETURN NEW; END $$;
       CREATE TRIGGER shout BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION refuse();`,
    );
    await provisionDatabase(server, dev);
    await provisionDatabase(server, prod);
    const migrator = dev.roles[1];
    if (migrator) await applyMigrations({ url: databaseUrl(server, migrator, dev.database), migrations });
    await as(dev, "service", async (client) => {
      await client.query("INSERT INTO customers (name) SELECT 'c' || n FROM generate_series(1, 50) n");
      await client.query(
        "INSERT INTO orders (customer, colours, total) SELECT n, '{green,red}', n FROM generate_series(1, 50) n",
      );
      await client.query("INSERT INTO readings VALUES ('2026-05-01', 7)");
    });
  });

  afterAll(async () => {
    await removePostgres(path.join(scratch, "postgres"));
    rmSync(scratch, { recursive: true, force: true });
  });

  test("provisioned again nothing changes, also by several at once", async () => {
    const before = await asAdmin("postgres", (client) =>
      one(client, "SELECT string_agg(rolpassword, ',' ORDER BY rolname) FROM pg_authid"),
    );
    const spec = specOf("crowd");
    const made = await Promise.all([1, 2, 3, 4].map(() => provisionDatabase(server, spec)));
    expect(made.filter(({ created }) => created).length).toBe(1);
    await dropDatabase(server, spec.database, roleNames(spec));
    expect(await provisionDatabase(server, dev)).toEqual({ created: false });
    const after = await asAdmin("postgres", (client) =>
      one(client, "SELECT string_agg(rolpassword, ',' ORDER BY rolname) FROM pg_authid"),
    );
    expect(after).toBe(before);
  });

  test("a service reads and writes rows, also of tables made after it", async () => {
    await as(dev, "migrator", (client) => client.query("CREATE TABLE later (id serial, n int)"));
    await as(dev, "service", async (client) => {
      await client.query("INSERT INTO later (n) VALUES (1)");
      await client.query("UPDATE later SET n = 2");
      expect(await one(client, "SELECT n FROM later")).toBe(2);
      await client.query("DELETE FROM later");
    });
    await as(dev, "migrator", (client) => client.query("DROP TABLE later"));
  });

  test.each([
    "CREATE TABLE mine (n int)",
    "CREATE TEMPORARY TABLE mine (n int)",
    "CREATE SCHEMA mine",
    "ALTER TABLE orders ADD COLUMN x int",
    "DROP TABLE orders",
    "TRUNCATE orders",
    "CREATE ROLE friend",
    "CREATE DATABASE mine",
    "ALTER DATABASE shop_dev CONNECTION LIMIT 1000",
    "SET ROLE shop_dev_owner",
    "SET ROLE postgres",
    "ALTER ROLE shop_dev_api CONNECTION LIMIT 1000",
    "COPY orders TO '/tmp/x'",
    "SELECT * FROM pg_authid",
    "SELECT * FROM gantry.gantry_migrations",
    "SELECT pg_read_file('/etc/passwd')",
  ])("a service may not: %s", async (sql) => {
    await as(dev, "service", (client) => expect(client.query(sql)).rejects.toThrow(code("42501")));
  });

  test("a reader reads and does not write", async () => {
    await as(dev, "reader", async (client) => {
      expect(await one(client, "SELECT count(*)::int FROM orders")).toBe(50);
      await expect(client.query("INSERT INTO customers (name) VALUES ('x')")).rejects.toThrow(code("42501"));
    });
  });

  test.each([
    "ALTER DATABASE shop_dev CONNECTION LIMIT -1",
    "DROP DATABASE shop_dev",
    "GRANT CONNECT ON DATABASE shop_dev TO PUBLIC",
  ])("not even who migrates may: %s", async (sql) => {
    await as(dev, "migrator", async (client) => {
      await client.query("SET client_min_messages = warning");
      // A grant without the right to it is no error for Postgres, and does nothing.
      await client.query(sql).catch((error: Error) => expect(error).toEqual(code("42501")));
    });
    await as(dev, "service", (client) => client.query("SELECT 1"));
    await expect(
      withClient(databaseUrl(server, { name: "shop_prod_api", password: "p'w\\1$" }, dev.database), async () => 1),
    ).rejects.toThrow(code("42501"));
    const limit = await asAdmin("postgres", (client) =>
      one(client, "SELECT datconnlimit FROM pg_database WHERE datname = 'shop_dev'"),
    );
    expect(limit).toBe(20);
  });

  test("a role of one environment gets into no other, nor into the server's own databases", async () => {
    for (const role of prod.roles) {
      for (const database of [dev.database, "postgres", "template1"]) {
        await expect(withClient(databaseUrl(server, role, database), async () => 1)).rejects.toThrow(code("42501"));
      }
    }
  });

  test("no more connections than the spec says, of a role and of all together, and each change of it holds", async () => {
    const service = { name: "shop_few_api", password: "x", kind: "service", connectionLimit: 2 } as const;
    const reader = { name: "shop_few_report", password: "x", kind: "reader" } as const;
    const few = specOf("few", { connectionLimit: 3, roles: [service, reader] });
    await provisionDatabase(server, few);
    const open: Client[] = [];
    const dial = async (role: { name: string; password: string }): Promise<void> => {
      const client = new Client({ connectionString: databaseUrl(server, role, few.database) });
      await client.connect();
      open.push(client);
    };
    try {
      await dial(service);
      await dial(service);
      await expect(dial(service)).rejects.toThrow(
        expect.objectContaining({ code: "53300", message: 'too many connections for role "shop_few_api"' }),
      );
      await dial(reader);
      await expect(dial(reader)).rejects.toThrow(
        expect.objectContaining({ code: "53300", message: 'too many connections for database "shop_few"' }),
      );
      await provisionDatabase(server, { ...few, connectionLimit: 4, roles: [{ ...service, password: "y" }, reader] });
      await dial(reader);
      await expect(dial(reader)).rejects.toThrow(code("53300"));
      await open.shift()?.end();
      await vi.waitFor(() => dial({ ...service, password: "y" }));
      await expect(dial(service)).rejects.toThrow(code("28P01"));
    } finally {
      for (const client of open) await client.end();
    }
    await dropDatabase(server, few.database, roleNames(few));
  });

  test("a role that is no longer named, or is of another kind now, may no longer do what it did", async () => {
    const [api, migrate] = [specOf("kinds").roles[0], specOf("kinds").roles[1]];
    if (!api || !migrate) throw new Error("roles");
    const spec = specOf("kinds", { roles: [api, migrate] });
    await provisionDatabase(server, spec);
    await as(spec, "migrator", (client) => client.query("CREATE TABLE t (n int)"));
    const turned = { ...spec, roles: [{ ...migrate, kind: "reader" } as const] };
    await provisionDatabase(server, turned);
    await expect(as(spec, "service", async () => 1)).rejects.toThrow(code("42501"));
    await as(turned, "reader", async (client) => {
      expect(await one(client, "SELECT count(*)::int FROM t")).toBe(0);
      await expect(client.query("DROP TABLE t")).rejects.toThrow(code("42501"));
    });
    await dropDatabase(server, spec.database, roleNames(spec));
  });

  test("names are names and never statements", async () => {
    const spec: DatabaseSpec = {
      database: `x"; DROP DATABASE shop_dev; --`,
      owner: `o"; DROP TABLE orders; --`,
      roles: [{ name: `s'"; ALTER ROLE postgres NOLOGIN; --`, password: `'; DROP DATABASE shop_dev; --`, kind: "service" }],
    };
    await provisionDatabase(server, spec);
    await as(spec, "service", (client) => client.query("SELECT 1"));
    await dropDatabase(server, spec.database, roleNames(spec));
    expect(await as(dev, "service", (client) => one(client, "SELECT count(*)::int FROM orders"))).toBe(50);
  });

  test.each([
    { database: "postgres" },
    { database: "template1" },
    { owner: "postgres" },
    { owner: "pg_monitor" },
    { database: "x".repeat(60) },
    { roles: [{ name: "postgres", password: "mine", kind: "service" as const }] },
  ])("what belongs to the server is refused: %j", async (more) => {
    await expect(provisionDatabase(server, specOf("bad", more))).rejects.toThrow(code("bad-name"));
  });

  test("an extension is there afterwards, and one that does not exist is named", async () => {
    const spec = specOf("ext", { extensions: ["pg_trgm", "btree_gin"] });
    if (wanted === undefined) {
      await provisionDatabase(server, spec);
      expect(await as(spec, "service", (client) => one(client, "SELECT similarity('gantry', 'gantry')"))).toBe(1);
    }
    await expect(provisionDatabase(server, { ...spec, extensions: ["no_such"] })).rejects.toThrow(code("no-extension"));
    await dropDatabase(server, spec.database, roleNames(spec));
  });

  describe("a preview", () => {
    const preview = specOf("pr_42");
    const contents = async (client: Client): Promise<unknown> => ({
      orders: (await client.query("SELECT * FROM orders ORDER BY id")).rows,
      customers: (await client.query("SELECT * FROM customers ORDER BY id")).rows,
      readings: (await client.query("SELECT at::text, value FROM readings")).rows,
      totals: await one(client, "SELECT sum(total)::text FROM totals"),
    });

    test.each(["files", "rows"] as const)("is a whole copy for its own roles alone (%s)", async (by) => {
      const busy = new Client({
        connectionString: databaseUrl(server, { name: "shop_dev_api", password: "p'w\\1$" }, dev.database),
      });
      busy.on("error", () => undefined);
      const expected = await as(dev, "service", contents);
      if (by === "rows") {
        await busy.connect();
        await busy.query("BEGIN; UPDATE customers SET name = 'not yet said' WHERE id = 1");
      } else
        await vi.waitFor(async () =>
          expect(await listDatabases(server)).toContainEqual(expect.objectContaining({ database: dev.database, sessions: 0 })),
        );

      await expect(prepareTemplate(server, { from: dev.database, owner: dev.owner, migrations })).resolves.toEqual({
        template: templateName(dev.database),
        by,
      });
      expect(await ensureTemplate(server, { from: dev.database, owner: dev.owner })).toMatchObject({ by: "there" });
      if (by === "rows") {
        // The session went on, and its transaction too.
        await busy.query("COMMIT");
        await busy.end();
        await as(dev, "service", (client) => client.query("UPDATE customers SET name = 'c1!' WHERE id = 1"));
      }

      expect(await cloneDatabase(server, { from: templateName(dev.database), to: preview })).toEqual({ created: true });
      expect(await cloneDatabase(server, { from: templateName(dev.database), to: preview })).toEqual({ created: false });
      expect(await as(preview, "service", contents)).toEqual(expected);

      await as(preview, "service", async (client) => {
        await client.query("INSERT INTO customers (name) VALUES ('new')");
        expect(await one(client, "SELECT id::int FROM customers ORDER BY id DESC LIMIT 1")).toBe(51);
        await client.query("INSERT INTO orders (customer, total) VALUES (51, 3)");
        expect(await one(client, "SELECT id FROM orders ORDER BY id DESC LIMIT 1")).toBe(51);
        await expect(client.query("DROP TABLE orders")).rejects.toThrow(code("42501"));
      });
      await as(preview, "migrator", (client) =>
        client.query("ALTER TABLE orders ADD COLUMN note text; CREATE TABLE after (n int)"),
      );
      await as(preview, "service", (client) => client.query("SELECT note FROM orders; SELECT * FROM after"));
      expect(await as(dev, "service", (client) => one(client, "SELECT count(*)::int FROM customers"))).toBe(50);

      await expect(
        withClient(databaseUrl(server, { name: "shop_dev_api", password: "p'w\\1$" }, preview.database), async () => 1),
      ).rejects.toThrow(code("42501"));
      const strangers = await asAdmin(
        preview.database,
        async (client) =>
          (
            await client.query(
              `SELECT DISTINCT rolname FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid
             WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND rolname LIKE 'shop_dev%'`,
            )
          ).rows,
      );
      expect(strangers).toEqual([]);
      await dropDatabase(server, preview.database, roleNames(preview));
      expect((await listDatabases(server)).map(({ database }) => database)).not.toContain(preview.database);
      // Taking the preview's roles away took nothing from those of the source.
      await as(dev, "service", (client) => client.query("SELECT 1"));
      await as(dev, "migrator", (client) => client.query("CREATE TABLE t (); DROP TABLE t"));
    });

    test("two are made at the same moment", async () => {
      const specs = [specOf("pr_1"), specOf("pr_2")];
      await Promise.all(specs.map((to) => cloneDatabase(server, { from: templateName(dev.database), to })));
      for (const spec of specs)
        expect(await as(spec, "service", (client) => one(client, "SELECT count(*)::int FROM orders"))).toBe(50);
      await Promise.all(specs.map((spec) => dropDatabase(server, spec.database, roleNames(spec))));
    });

    test("that broke off is made anew; a database that is no clone stays", async () => {
      const from = templateName(dev.database);
      await asAdmin("postgres", (client) => client.query(`CREATE DATABASE shop_pr_42 TEMPLATE template0 CONNECTION LIMIT 0`));
      expect(await cloneDatabase(server, { from, to: preview })).toEqual({ created: true });
      expect(await as(preview, "service", (client) => one(client, "SELECT count(*)::int FROM orders"))).toBe(50);
      await dropDatabase(server, preview.database, roleNames(preview));
      await expect(cloneDatabase(server, { from, to: prod })).rejects.toThrow(code("database-exists"));
    });

    test("of a database in use without a template is refused at once", async () => {
      await as(dev, "service", async () => {
        await expect(cloneDatabase(server, { from: dev.database, to: preview })).rejects.toThrow(code("database-in-use"));
        await expect(prepareTemplate(server, { from: dev.database, owner: dev.owner })).rejects.toThrow(code("database-in-use"));
      });
      await expect(cloneDatabase(server, { from: "nothing", to: preview })).rejects.toThrow(code("no-database"));
    });

    test("of a database with a table that no migration made is refused by the table's name", async () => {
      await as(dev, "migrator", (client) => client.query("CREATE TABLE stray (n int)"));
      await as(dev, "service", () =>
        expect(prepareTemplate(server, { from: dev.database, owner: dev.owner, migrations })).rejects.toThrow(
          expect.objectContaining({ code: "unmigrated-table", message: expect.stringContaining('"stray"') }),
        ),
      );
      await as(dev, "migrator", (client) => client.query("DROP TABLE stray"));
      expect(readdirSync(server.dataFolder).filter((name) => name.startsWith("gantry-copy"))).toEqual([]);
    });
  });

  test("a database goes with its template and its roles, whoever is connected", async () => {
    await provisionDatabase(server, prod);
    const client = new Client({
      connectionString: databaseUrl(server, { name: "shop_prod_report", password: "r" }, prod.database),
    });
    const cut = new Promise((resolve) => client.on("error", resolve));
    await client.connect();
    expect(await databaseSize(server, prod.database)).toBeGreaterThan(1_000_000);
    await dropDatabase(server, prod.database, roleNames(prod));
    await cut;
    await dropDatabase(server, dev.database, roleNames(dev));
    expect(await listDatabases(server)).toEqual([]);
    const left = await asAdmin("postgres", (admin) =>
      one(admin, "SELECT count(*)::int FROM pg_roles WHERE rolname LIKE 'shop%'"),
    );
    expect(left).toBe(0);
    await dropDatabase(server, dev.database, roleNames(dev));
  });
});
