// `gantry migrate lint` as a whole process, beside squawk's own binary (not the launcher that npm brings) on the same files.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { median, times, whole } from "./measure.mjs";

const main = fileURLToPath(new URL("../dist/run/main.js", import.meta.url));

/** Ten statements of a product's migrations, of which each has its own names: tables, keys, indexes, changes, rows. */
function tenStatements(nth) {
  const table = `things_${nth}`;
  return [
    `CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, state text NOT NULL DEFAULT 'new', created_at timestamptz NOT NULL DEFAULT now());`,
    `CREATE INDEX ${table}_state ON ${table} (state, created_at DESC) WHERE state <> 'done';`,
    `ALTER TABLE ${table} ADD COLUMN note text, ADD COLUMN total bigint NOT NULL DEFAULT 0;`,
    `ALTER TABLE ${table} ADD CONSTRAINT ${table}_total CHECK (total >= 0) NOT VALID;`,
    `COMMENT ON TABLE ${table} IS 'what is kept of thing ${nth}';`,
    `INSERT INTO ${table} (name, total) VALUES ('a', 1), ('b', 2), ('c', 3);`,
    `ALTER TABLE old_${nth} ADD COLUMN thing_id bigint;`,
    `CREATE INDEX old_${nth}_thing ON old_${nth} (thing_id);`,
    `ALTER TABLE old_${nth} ALTER COLUMN thing_id SET NOT NULL;`,
    `UPDATE old_${nth} SET state = 'moved' WHERE id = ${nth};`,
  ].join("\n");
}

function folderOf(statements, perFile) {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  const all = Array.from({ length: statements / 10 }, (_, nth) => tenStatements(nth));
  for (let at = 0; at < all.length; at += perFile / 10)
    writeFileSync(
      path.join(folder, `${String(at + 1).padStart(6, "0")}_made.sql`),
      `${all.slice(at, at + perFile / 10).join("\n")}\n`,
    );
  return folder;
}

function squawkBinary() {
  try {
    const file = createRequire(import.meta.url).resolve(`@squawk-cli/${process.platform}-${process.arch}/bin/squawk`);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Both say 1, as there is something to be found. */
function once([command, ...args]) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (status !== 1) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

export function measureLint(say) {
  const rows = [];
  const binary = squawkBinary();
  for (const [statements, perFile, bound] of [
    [5_000, 50, 1_500],
    [10_000, 50, undefined],
  ]) {
    const folder = folderOf(statements, perFile);
    try {
      const ours = [process.execPath, main, "migrate", "lint", folder, "--format", "json"];
      const theirs = [binary, "--assume-in-transaction", "--reporter", "json", `${folder}/*.sql`];
      once(ours);
      if (binary !== undefined) once(theirs);
      const pairs = Array.from({ length: 9 }, () => [once(ours), binary === undefined ? Number.NaN : once(theirs)]);
      const [a, b] = [median(pairs.map(([one]) => one)), median(pairs.map(([, other]) => other))];
      const ratio = median(pairs.map(([one, other]) => one / other));
      const five = rows[0]?.ms;
      say(`${statements} statements: ${whole(a)}`);
      rows.push({
        ms: a,
        row: [
          `\`gantry migrate lint\` of ${statements.toLocaleString("en")} statements in ${statements / perFile} files, whole process`,
          whole(a),
          five === undefined
            ? `squawk's binary: ${binary === undefined ? "not there" : whole(b)}`
            : `5,000, in the same run: ${whole(five)}`,
          five === undefined ? (binary === undefined ? "–" : times(ratio)) : times(a / five),
          bound === undefined ? "at most 2.2 ×" : "under 1,500 ms",
          bound === undefined ? a / five <= 2.2 : a < bound,
        ],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows.map(({ row }) => row);
}
