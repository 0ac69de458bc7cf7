// How long the proof of a migration takes, as a whole process: up, down and up again of one that rewrites a table, makes an index and
// fills a column, behind the three migrations of ByteReview, on a thousand generated rows in each table. Beside it, in turn, what no
// proof does without: initdb, start and stop of the same server.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { paired, times, whole } from "./measure.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const up = `ALTER TABLE documents ADD COLUMN token uuid DEFAULT gen_random_uuid();
CREATE INDEX documents_by_state ON documents (state);
UPDATE runs SET failure = 'none' WHERE failure IS NULL;
`;
const down = "DROP INDEX documents_by_state;\nALTER TABLE documents DROP COLUMN token;\n";

export function measureProve() {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  try {
    const migrations = path.join(folder, "migrations");
    cpSync(path.join(root, "examples/bytereview/migrations"), migrations, { recursive: true });
    writeFileSync(path.join(migrations, "0005_token.up.sql"), up);
    writeFileSync(path.join(migrations, "0005_token.down.sql"), down);
    const throwaway = pathToFileURL(path.join(root, "dist/targets/local/postgres/throwaway.js")).href;
    const { a, b, ratio } = paired(
      [process.execPath, path.join(root, "dist/run/main.js"), "migrate", "prove", "migrations", "--only", "5"],
      [
        process.execPath,
        "--input-type=module",
        "-e",
        `import { withThrowawayPostgres } from ${JSON.stringify(throwaway)}; await withThrowawayPostgres({}, () => Promise.resolve());`,
      ],
      { runs: 9, cwd: folder },
    );
    return [
      [
        "`gantry migrate prove` of one migration, whole process",
        whole(a),
        `initdb, start and stop of the same server: ${whole(b)}`,
        times(ratio),
        "under 3,000 ms",
        a < 3_000,
      ],
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
