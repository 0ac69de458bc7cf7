import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { identityOf, isRunning, type KnownProcess } from "./process-identity.ts";

/**
 * Takes a file's name for this process, unless a running one has it; one that was killed leaves nothing that has to be cleared away.
 * Gives back what releases it, or undefined where somebody else has it.
 */
export function ownName(file: string): { readonly release: () => void } | undefined {
  const mine = JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) ?? "" });
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, mine, { mode: 0o600 });
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        linkSync(temporary, file);
        return { release: () => read(file) === mine && rmSync(file, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const found = read(file);
      if (found === undefined) continue;
      if (isAlive(found)) return undefined;
      putAside(file, found);
    }
    return undefined;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Whose name it is. */
export function ownerOf(file: string): KnownProcess | undefined {
  const found = read(file);
  return found !== undefined && isAlive(found) ? (JSON.parse(found) as KnownProcess) : undefined;
}

/** Takes a dead owner's mark away; if in this moment another took the name, it gets it back. */
function putAside(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
    if (read(aside) !== dead) linkSync(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isAlive(text: string): boolean {
  try {
    return isRunning(JSON.parse(text) as KnownProcess);
  } catch {
    return false;
  }
}
