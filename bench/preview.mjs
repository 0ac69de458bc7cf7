// Prints, as JSON, how long the database of a preview takes: cloned from the template of a database of about 40 MB, with roles and
// rights of its own, until its service has been answered. Beside it, in turn, what the disk takes for the same bytes: `cp`, and `cp`
// with every file written through, which is what Postgres promises.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { median } from "./measure.mjs";

const { withClient } = await import("../dist/migrations/run/connect.js");
const room = (name) => import(`../dist/targets/local/postgres/${name}.js`);
const [{ ensurePostgres, removePostgres }, databases, { prepareTemplate }, { cloneDatabase }] = await Promise.all(
  ["server", "databases", "template", "clone"].map(room),
);

const rounds = Number(process.argv[2] ?? 9);
const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
const time = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const specOf = (name) => ({
  database: name,
  owner: `${name}_owner`,
  connectionLimit: 10,
  roles: [
    { name: `${name}_api`, password: name, kind: "service" },
    { name: `${name}_migrate`, password: name, kind: "migrator" },
  ],
});

try {
  const postgres = path.join(folder, "postgres");
  const firstMs = await time(() => ensurePostgres({ folder: postgres }));
  const server = await ensurePostgres({ folder: postgres });
  const source = specOf("dev");
  await databases.provisionDatabase(server, source);
  await withClient(databases.databaseUrl(server, source.roles[1], "dev"), (client) =>
    client.query(`CREATE TABLE documents (id int PRIMARY KEY, firm int NOT NULL, body text NOT NULL);
      INSERT INTO documents SELECT n, n % 100, (SELECT string_agg(md5((n * 7 + i)::text), '') FROM generate_series(1, 12) i)
        FROM generate_series(1, 68000) n;
      CREATE INDEX ON documents (firm)`),
  );
  const bytes = await databases.databaseSize(server, "dev");
  let template;
  const templateMs = await time(async () => ({ template } = await prepareTemplate(server, { from: "dev", owner: source.owner })));
  const oid = await withClient(server.superuserUrl(), async (client) => {
    const { rows } = await client.query("SELECT oid FROM pg_database WHERE datname = $1", [template]);
    return String(rows[0].oid);
  });

  const preview = specOf("pr_42");
  const files = path.join(server.dataFolder, "base", oid);
  const copy = path.join(folder, "copy");
  const clones = [];
  const copies = [];
  const synced = [];
  for (let round = 0; round <= rounds; round += 1) {
    const cloneMs = await time(async () => {
      await cloneDatabase(server, { from: template, to: preview });
      await withClient(databases.databaseUrl(server, preview.roles[0], preview.database), (client) =>
        client.query("SELECT body FROM documents WHERE id = 42"),
      );
    });
    await databases.dropDatabase(server, preview.database, [...preview.roles.map(({ name }) => name), preview.owner]);
    const copyMs = await time(() => execFileSync("cp", ["-r", files, copy]));
    rmSync(copy, { recursive: true });
    const syncedMs = await time(() => {
      execFileSync("cp", ["-r", files, copy]);
      execFileSync("sh", ["-c", 'sync "$1"/*', "sh", copy]);
    });
    rmSync(copy, { recursive: true });
    // The first one of each warms the caches.
    if (round === 0) continue;
    clones.push(cloneMs);
    copies.push(copyMs);
    synced.push(syncedMs);
  }
  const ratio = (others) => Number(median(clones.map((ms, index) => ms / others[index])).toFixed(2));
  const rounded = (values) => Math.round(median(values));
  process.stdout.write(
    `${JSON.stringify({
      ms: rounded(clones),
      spreadMs: [Math.round(Math.min(...clones)), Math.round(Math.max(...clones))],
      copyMs: rounded(copies),
      ratio: ratio(copies),
      syncedCopyMs: rounded(synced),
      syncedRatio: ratio(synced),
      bytes,
      rounds,
      templateMs: Math.round(templateMs),
      firstMs: Math.round(firstMs),
      major: server.major,
    })}\n`,
  );
} finally {
  await removePostgres(path.join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
}
