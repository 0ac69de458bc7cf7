import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { GantryError } from "../../lib/errors.ts";
import { machineKey, seal, unseal } from "../../system/sealed.ts";
import { writeWhole } from "../../system/whole-file.ts";

// The secrets of a product on this machine: sealed one by one in a file, with the key elsewhere.

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

type Stored = {
  readonly schemaVersion: 1;
  readonly secrets: Record<string, Record<string, string>>;
  readonly made: Record<string, string>;
};

const everywhere = "*";

export function openSecretStore(place: { readonly secrets: string; readonly machineKey: string }): SecretStore {
  const key = machineKey(place.machineKey);
  const read = (): Stored => {
    if (!existsSync(place.secrets)) return { schemaVersion: 1, secrets: withoutPrototype({}), made: withoutPrototype({}) };
    try {
      const { secrets, made } = JSON.parse(readFileSync(place.secrets, "utf8")) as Stored;
      return { schemaVersion: 1, secrets: withoutPrototype(secrets), made: withoutPrototype(made) };
    } catch (error) {
      throw new GantryError("broken-state", `${place.secrets} cannot be read as the store of secrets`, {
        hint: "move it away and set the secrets again",
        cause: error,
      });
    }
  };
  /** What was made up with a key that is gone is made up again: whoever uses it is told the new one. */
  const opened = (sealed: string): string | undefined => {
    try {
      return unseal(sealed, key);
    } catch {
      return undefined;
    }
  };
  const write = (stored: Stored) => writeWhole(place.secrets, `${JSON.stringify(stored, undefined, 2)}\n`);
  return {
    get(name, environment) {
      const of = read().secrets[name];
      const sealed = of?.[environment] ?? of?.[everywhere];
      return sealed === undefined ? undefined : unseal(sealed, key);
    },
    set(name, value, environment = everywhere) {
      const stored = read();
      (stored.secrets[name] ??= {})[environment] = seal(value, key);
      write(stored);
    },
    remove(name, environment = everywhere) {
      const stored = read();
      const of = stored.secrets[name];
      if (of?.[environment] === undefined) return false;
      delete of[environment];
      if (Object.keys(of).length === 0) delete stored.secrets[name];
      write(stored);
      return true;
    },
    list() {
      return Object.entries(read().secrets)
        .flatMap(([name, of]) =>
          Object.keys(of).map((environment) => (environment === everywhere ? { name } : { name, environment })),
        )
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    made(name, bytes = 18) {
      const stored = read();
      const sealed = stored.made[name];
      const known = sealed === undefined ? undefined : opened(sealed);
      if (known !== undefined) return known;
      const value = randomBytes(bytes).toString("base64url");
      stored.made[name] = seal(value, key);
      write(stored);
      return value;
    },
    isMade: (name) => read().made[name] !== undefined,
    forgetMade(prefix) {
      const stored = read();
      const names = Object.keys(stored.made).filter((name) => name.startsWith(prefix));
      if (names.length === 0) return;
      for (const name of names) delete stored.made[name];
      write(stored);
    },
  };
}

/** Names come from outside: `__proto__` is one like any other. */
function withoutPrototype<T>(given: Record<string, T>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, given);
}
