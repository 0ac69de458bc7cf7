import { createHash, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GantryError } from "../../lib/errors.ts";
import { machineKey, seal, unseal } from "../../system/sealed.ts";
import { writeWhole } from "../../system/whole-file.ts";

// The secrets of a product on this machine: each sealed in a file of its own, so that several processes that set some at the same moment
// lose none; the key lies elsewhere.

export type SecretStore = {
  /** The secret of an environment, else the one for every environment. */
  get(name: string, environment: string): string | undefined;
  set(name: string, value: string, environment?: string): void;
  remove(name: string, environment?: string): boolean;
  list(): readonly { readonly name: string; readonly environment?: string }[];
  /** A secret nobody set: made up here, and the same from then on. */
  made(name: string, bytes?: number): string;
  isMade(name: string): boolean;
  forgetMade(prefix: string): void;
};

type Kept = {
  readonly schemaVersion: 1;
  readonly kind: "set" | "made";
  readonly name: string;
  readonly environment?: string;
  readonly sealed: string;
};

export function openSecretStore(place: { readonly secrets: string; readonly machineKey: string }): SecretStore {
  const key = machineKey(place.machineKey);
  mkdirSync(place.secrets, { recursive: true, mode: 0o700 });
  // A name may be anything; a file's name may not.
  const fileOf = (kind: Kept["kind"], name: string, environment = "") =>
    path.join(
      place.secrets,
      `${createHash("sha256")
        .update(JSON.stringify([kind, name, environment]))
        .digest("hex")
        .slice(0, 32)}.json`,
    );
  const all = (): readonly Kept[] =>
    readdirSync(place.secrets)
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => read(path.join(place.secrets, file)) ?? []);
  const text = (kept: Omit<Kept, "schemaVersion" | "sealed">, value: string) =>
    `${JSON.stringify({ schemaVersion: 1, ...kept, sealed: seal(value, key) } satisfies Kept)}\n`;

  return {
    get(name, environment) {
      const kept = read(fileOf("set", name, environment)) ?? read(fileOf("set", name));
      return kept === undefined ? undefined : unseal(kept.sealed, key);
    },
    set(name, value, environment) {
      const kept = { kind: "set" as const, name, ...(environment === undefined ? {} : { environment }) };
      writeWhole(fileOf("set", name, environment), text(kept, value));
    },
    remove(name, environment) {
      const file = fileOf("set", name, environment);
      if (!existsSync(file)) return false;
      rmSync(file, { force: true });
      return true;
    },
    list: () =>
      all()
        .filter(({ kind }) => kind === "set")
        .map(({ name, environment }) => (environment === undefined ? { name } : { name, environment }))
        .toSorted((a, b) => (`${a.name} ${a.environment ?? ""}` < `${b.name} ${b.environment ?? ""}` ? -1 : 1)),
    made(name, bytes = 18) {
      const file = fileOf("made", name);
      const known = opened(read(file), key);
      if (known !== undefined) return known;
      const value = randomBytes(bytes).toString("base64url");
      // What was made up with a key that is gone is made up again: whoever uses it is told the new one.
      if (existsSync(file)) writeWhole(file, text({ kind: "made", name }, value));
      else if (!putFirst(file, text({ kind: "made", name }, value))) return opened(read(file), key) ?? value;
      return value;
    },
    isMade: (name) => existsSync(fileOf("made", name)),
    forgetMade(prefix) {
      for (const { kind, name } of all())
        if (kind === "made" && name.startsWith(prefix)) rmSync(fileOf(kind, name), { force: true });
    },
  };
}

function read(file: string): Kept | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as Kept;
    if (typeof kept.sealed !== "string" || typeof kept.name !== "string") throw new Error("it holds no secret");
    return kept;
  } catch (error) {
    throw new GantryError("broken-state", `${file} cannot be read as a secret`, {
      hint: "move it away and set the secret again",
      cause: error,
    });
  }
}

function opened(kept: Kept | undefined, key: Buffer): string | undefined {
  try {
    return kept === undefined ? undefined : unseal(kept.sealed, key);
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and only where nobody was first. */
function putFirst(file: string, text: string): boolean {
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
