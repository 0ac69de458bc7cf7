// Versions for the demonstration: the example's API once more, twice good and once failing, each in a folder of its own. What a pipeline would
// report of them is reported, so that the spec's own gates decide. While `.gantry/demo.json` names them and this process lives, the console
// offers to release them.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const service = "api";
const environment = "staging";
const checks = ["pytest", "vitest", "bandit", "semgrep", "migrations", "terraform"];
const versions = [
  { version: "v1.1.0", faults: "" },
  { version: "v1.2.0", faults: "errors=30%" },
  { version: "v1.3.0", faults: "" },
];

/** `gantry` answers a command's document; what it makes is removed by `remove`. */
export async function prepareDemo({ root, example, gantry }) {
  const base = mkdtempSync(path.join(tmpdir(), "gantry-demo-"));
  const file = path.join(example, ".gantry/demo.json");
  const remove = () => {
    for (const one of [file, base]) rmSync(one, { recursive: true, force: true });
  };
  try {
    const made = await Promise.all(
      versions.map(async (one) => ({ ...one, folder: await writeVersion({ root, example, base }, one) })),
    );
    const artifacts = [];
    for (const { folder } of made) {
      const { changes } = await gantry(["release", `${service}=${folder}`, "--to", environment, "--dry-run"]);
      artifacts.push(...changes.map(({ artifact }) => artifact));
    }
    const about = [...new Set(artifacts)].flatMap((artifact) => ["--for", artifact]);
    for (const check of checks) await gantry(["report", check, "--passed", ...about]);
    const [first, bad, second] = made;
    const offers = [
      {
        name: "good",
        title: "Release a good version",
        says: `releases ${first.version} of the ${service}, or ${second.version} where that serves already, to ${environment}: a canary, as the spec says it`,
        folders: [first.folder, second.folder],
      },
      {
        name: "bad",
        title: "Release a bad version",
        says: `releases ${bad.version} of the ${service} to ${environment}, which answers three in ten requests with 500: it gets a tenth of the traffic, is found out and taken back`,
        folders: [bad.folder],
      },
    ];
    const text = JSON.stringify({ schemaVersion: 1, pid: process.pid, product: "bytereview", environment, service, offers });
    writeFileSync(`${file}.tmp`, text, { mode: 0o600 });
    renameSync(`${file}.tmp`, file);
    return { remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The example beside what its services share, as they stand in this repository. With git a version has its name, else that of its content. */
async function writeVersion({ root, example, base }, { version, faults }) {
  const parent = path.join(base, version);
  const folder = path.join(parent, "bytereview");
  mkdirSync(parent);
  cpSync(path.join(example, "../shared"), path.join(parent, "shared"), { recursive: true });
  const filter = (file) => ![".gantry", "infra", ".github"].includes(path.relative(example, file));
  cpSync(example, folder, { recursive: true, filter });
  symlinkSync(path.join(root, "node_modules"), path.join(base, version, "node_modules"));
  const code = path.join(folder, "services/api.ts");
  const said = JSON.stringify({ CODE_VERSION: version, GANTRY_FAULTS: faults });
  // Imports come first whatever stands before them; what they read of the environment they read when they are used.
  writeFileSync(code, `Object.assign(process.env, ${said});\n${readFileSync(code, "utf8")}`);
  const git = (...args) => run("git", ["-c", "user.name=Gantry", "-c", "user.email=demo@localhost", ...args], { cwd: parent });
  try {
    writeFileSync(path.join(parent, ".gitignore"), "node_modules\n.gantry\n");
    await git("init", "--quiet");
    await git("add", "--all");
    await git("commit", "--quiet", "--no-gpg-sign", "--message", version);
    await git("tag", version);
  } catch {
    rmSync(path.join(parent, ".git"), { recursive: true, force: true });
  }
  return folder;
}
