import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { cp, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../lib/errors.ts";
import type { EnvironmentService } from "../../spec/environment.ts";

const run = promisify(execFile);

/** What a service was built into: a folder that never changes, named after what is in it. */
export type Artifact = {
  readonly id: string;
  readonly folder: string;
  readonly command: readonly [string, ...string[]];
  /** It was there already. */
  readonly reused: boolean;
};

type Here = NonNullable<EnvironmentService["here"]>;

/** Builds what stands in for a service here, unless the same has been built before. */
export async function buildArtifact(
  service: string,
  here: Here,
  { root, artifacts }: { root: string; artifacts: string },
): Promise<Artifact> {
  const folder = path.join(root, here.folder ?? ".");
  return "entry" in here
    ? bundled(service, path.join(folder, here.entry), here.args ?? [], { root, artifacts })
    : copied(service, here, folder, artifacts);
}

/** What is being bundled at the moment: several services, and several environments, may be made of one file. */
const bundling = new Map<string, Promise<Uint8Array>>();

async function bundled(
  service: string,
  entry: string,
  args: readonly string[],
  { root, artifacts }: { root: string; artifacts: string },
): Promise<Artifact> {
  if (!existsSync(entry))
    throw new UserError("build-failed", `${service} is to be built from ${path.relative(root, entry)}, which is not there`, {
      hint: "see `here` of the service; paths are seen from the spec's folder",
    });
  let building = bundling.get(entry);
  if (!building) {
    building = bundle(entry, root).finally(() => bundling.delete(entry));
    bundling.set(entry, building);
  }
  const text = await building.catch((error: unknown) => {
    throw new UserError("build-failed", `${service} cannot be built: ${firstProblem(error, root)}`, {
      hint: "mend it and say it again",
      cause: error,
    });
  });
  const id = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const folder = path.join(artifacts, id);
  const reused = await put(folder, (to) => writeFile(path.join(to, "service.mjs"), text, { mode: 0o444 }));
  return { id, folder, command: [process.execPath, "--enable-source-maps", "service.mjs", ...args], reused };
}

async function bundle(entry: string, root: string): Promise<Uint8Array> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile: path.join(root, "service.mjs"),
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: `node${process.versions.node.split(".")[0]}`,
    sourcemap: "inline",
    sourcesContent: false,
    // What is CommonJS inside asks for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    external: ["pg-native"],
    logLevel: "silent",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** esbuild tells all it found; the first with its place is what one mends first. */
function firstProblem(error: unknown, root: string): string {
  const [first] =
    (error as { errors?: { text: string; location: { file: string; line: number; column: number } | null }[] }).errors ?? [];
  if (!first) return error instanceof Error ? error.message : String(error);
  const at = first.location;
  return at === null
    ? first.text
    : `${path.relative(root, path.resolve(root, at.file))}:${at.line}:${at.column + 1}: ${first.text}`;
}

async function copied(
  service: string,
  here: Extract<Here, { command: string }>,
  folder: string,
  artifacts: string,
): Promise<Artifact> {
  if (!existsSync(folder))
    throw new UserError("build-failed", `${service} is to run in ${folder}, which is not there`, {
      hint: "see `here` of the service",
    });
  const files = await filesOf(folder);
  const hash = createHash("sha256").update(`${here.command}\0${here.build ?? ""}\0`);
  for (const file of files) {
    hash.update(`${file}\0`);
    await hashFile(path.join(folder, file), hash);
  }
  const id = hash.digest("hex").slice(0, 16);
  const to = path.join(artifacts, id);
  const reused = await put(to, async (fresh) => {
    for (const file of files) {
      await mkdir(path.dirname(path.join(fresh, file)), { recursive: true });
      await cp(path.join(folder, file), path.join(fresh, file), { verbatimSymlinks: true });
    }
    const modules = path.join(folder, "node_modules");
    if (existsSync(modules)) await symlink(modules, path.join(fresh, "node_modules"));
    if (here.build !== undefined) await runBuild(service, here.build, fresh);
  });
  return { id, folder: to, command: commandOf(here.command), reused };
}

/** A command without anything for a shell is started as it is, so that a signal reaches the program itself. */
function commandOf(command: string): readonly [string, ...string[]] {
  if (/["'`$\\|&;<>(){}*?~#\n]/.test(command)) return ["/bin/sh", "-c", `exec ${command}`];
  const [program = "", ...args] = command.split(" ").filter((word) => word !== "");
  return [program === "node" ? process.execPath : program, ...args];
}

async function runBuild(service: string, command: string, folder: string): Promise<void> {
  await run("/bin/sh", ["-c", command], { cwd: folder, maxBuffer: 64 * 2 ** 20 }).catch(
    (error: Error & { stderr?: string; stdout?: string }) => {
      const tail = `${error.stdout ?? ""}${error.stderr ?? ""}`.trimEnd().split("\n").slice(-15).join("\n");
      throw new UserError("build-failed", `${service} cannot be built: \`${command}\` failed\n${tail}`, {
        hint: "mend it and say it again",
        cause: error,
      });
    },
  );
}

/** What git would take, where there is git; else everything but what is certainly no source. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const git = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: folder,
    maxBuffer: 64 * 2 ** 20,
  }).catch(() => undefined);
  const all = git
    ? git.stdout.split("\0").filter((one) => one !== "" && existsSync(path.join(folder, one)))
    : (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() || entry.isSymbolicLink())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const skipped = new Set(["node_modules", ".git", ".gantry"]);
  return all.filter((file) => !file.split(path.sep).some((name) => skipped.has(name))).toSorted();
}

async function hashFile(file: string, hash: ReturnType<typeof createHash>): Promise<void> {
  const link = await readlink(file).catch(() => undefined);
  if (link !== undefined) return void hash.update(`link ${link}\0`);
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  hash.update("\0");
}

/** Makes a folder whole and moves it to its name; two who make the same one both end with it. */
async function put(folder: string, fill: (fresh: string) => Promise<unknown>): Promise<boolean> {
  if (existsSync(folder)) return true;
  const fresh = `${folder}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
  await mkdir(fresh, { recursive: true });
  try {
    await fill(fresh);
    await rename(fresh, folder);
    return false;
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (existsSync(folder)) return true;
    throw error;
  }
}

/** Removes artifacts that no revision needs any more. */
export async function pruneArtifacts(artifacts: string, needed: ReadonlySet<string>): Promise<number> {
  const names = await readdir(artifacts).catch(() => []);
  const old = names.filter((name) => !needed.has(name));
  await Promise.all(old.map((name) => rm(path.join(artifacts, name), { recursive: true, force: true })));
  return old.length;
}
