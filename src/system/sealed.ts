import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GantryError } from "../lib/errors.ts";
import { usable } from "./usable.ts";

/** A key that only this user of this machine can read. It is made when it is first needed. */
export function machineKey(file: string): Buffer {
  if (!existsSync(file)) {
    usable(path.dirname(file), () => mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 }));
    // Whole or not at all: somebody else may be looking for it in the same moment, or making it.
    const beside = `${file}.${process.pid}`;
    writeFileSync(beside, randomBytes(32), { mode: 0o600 });
    try {
      linkSync(beside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(beside, { force: true });
    }
  }
  const key = readFileSync(file);
  if (key.length !== 32)
    throw new GantryError("broken-key", `the key in ${file} is no key`, {
      hint: "move it away and set the secrets again: what was sealed with another key cannot be read",
    });
  return key;
}

/** AES-256-GCM: what was changed on disk does not open. */
export function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

export function unseal(sealed: string, key: Buffer): string {
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new GantryError("broken-key", "something that was sealed does not open with this machine's key", {
      hint: "it was sealed with another key, or changed on disk: set the secrets again",
      cause: error,
    });
  }
}
