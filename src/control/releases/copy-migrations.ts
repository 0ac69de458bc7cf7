import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Environment } from "../../spec/environment.ts";
import { readMigrations } from "../../migrations/files/read-folder.ts";

const copiesKept = 20;

/** The migrations that a version comes with, out of reach of whoever goes on writing in its folder. */
export async function copyMigrations(
  environment: Environment,
  root: string,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const copies: Record<string, string> = {};
  for (const [name, resource] of Object.entries(environment.resources)) {
    const here = resource.kind === "postgres" ? resource.migrations?.here : undefined;
    if (here === undefined) continue;
    const from = path.join(root, here);
    const texts = readMigrations(from).flatMap(({ name, up, down }) => [
      { name, ...up },
      ...(down === undefined ? [] : [{ name, ...down }]),
    ]);
    const hash = createHash("sha256");
    for (const one of texts) hash.update(`${one.name}\0${one.sha256}\0`);
    const to = path.join(folder, hash.digest("hex").slice(0, 16));
    copies[name] = to;
    if (existsSync(to)) continue;
    const fresh = `${to}.${process.pid}.tmp`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true, mode: 0o700 });
    for (const file of new Set(texts.map((one) => one.file))) {
      const copy = path.join(fresh, path.relative(from, file));
      await mkdir(path.dirname(copy), { recursive: true, mode: 0o700 });
      await copyFile(file, copy);
    }
    await rename(fresh, to).catch(async (error: unknown) => {
      await rm(fresh, { recursive: true, force: true });
      if (!existsSync(to)) throw error;
    });
  }
  await prune(folder, new Set(Object.values(copies)));
  return copies;
}

async function prune(folder: string, needed: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const old = await Promise.all(
    names
      .map((name) => path.join(folder, name))
      .filter((one) => !needed.has(one))
      .map(async (one) => ({ one, at: (await stat(one).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  for (const { one } of old.toSorted((a, b) => b.at - a.at).slice(copiesKept)) await rm(one, { recursive: true, force: true });
}
