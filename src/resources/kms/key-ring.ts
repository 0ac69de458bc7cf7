import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { GantryError } from "../../lib/errors.ts";
import { seal, unseal } from "../../system/sealed.ts";
import { writeWhole } from "../../system/whole-file.ts";
import type { KeyConfig } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { isRecord } from "../../lib/is-record.ts";

// One key and its versions. The newest one encrypts, all decrypt.
//
// What is encrypted says by which key and version: "GK1", length and name of the key, version, nonce, tag, text. All before the nonce and the
// encryption context are authenticated with it.

export type EncryptionContext = Readonly<Record<string, string>>;

export type KeyRing = {
  readonly encrypt: (plain: Buffer, context: EncryptionContext) => Buffer;
  readonly decrypt: (sealed: Buffer, context: EncryptionContext) => Buffer;
  readonly rotate: () => void;
  readonly createdAt: () => string;
  readonly versions: () => number;
};

type Version = { readonly version: number; readonly createdAt: string; readonly material: Buffer };

const magic = Buffer.from("GK1", "latin1");

export function openKeyRing(folder: string, config: KeyConfig, machineKey: Buffer, clock: () => number): KeyRing {
  const file = path.join(folder, `${config.id}.json`);
  let versions = readVersions(file, machineKey);

  function add(): void {
    const next = {
      version: (versions.at(-1)?.version ?? 0) + 1,
      createdAt: new Date(clock()).toISOString(),
      material: randomBytes(32),
    };
    const all = [...versions, next];
    // On the disk before anything is encrypted with it.
    writeWhole(
      file,
      JSON.stringify({
        schemaVersion: 1,
        versions: all.map(({ material, ...rest }) => ({ ...rest, sealed: seal(material.toString("base64"), machineKey) })),
      }),
    );
    versions = all;
  }
  function newest(): Version {
    const last = versions.at(-1);
    if (last && (config.rotateMs === undefined || Date.parse(last.createdAt) + config.rotateMs > clock())) return last;
    add();
    return newest();
  }
  function keyOf({ material }: Version, context: EncryptionContext): Buffer {
    if (config.perTenant && !context["tenant"])
      throw new Fault("ValidationException", 400, `the encryption context of ${config.id} must name a tenant`);
    const info = config.perTenant ? `gantry kms tenant:${context["tenant"] ?? ""}` : "gantry kms";
    return Buffer.from(hkdfSync("sha256", material, config.id, info, 32));
  }
  newest();

  return {
    rotate: add,
    versions: () => versions.length,
    createdAt: () => versions[0]?.createdAt ?? new Date(clock()).toISOString(),
    encrypt: (plain, context) => {
      const version = newest();
      const key = keyOf(version, context);
      const head = headOf(config.id, version.version);
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.concat([head, contextBytes(context)]));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([head, nonce, cipher.getAuthTag(), text]);
    },
    decrypt: (sealed, context) => {
      const { version: number, rest } = readHead(sealed);
      const version = versions.find((one) => one.version === number);
      if (!version || rest.length < 28) throw invalid();
      const key = keyOf(version, context);
      const decipher = createDecipheriv("aes-256-gcm", key, rest.subarray(0, 12));
      decipher.setAuthTag(rest.subarray(12, 28));
      decipher.setAAD(Buffer.concat([headOf(config.id, version.version), contextBytes(context)]));
      try {
        return Buffer.concat([decipher.update(rest.subarray(28)), decipher.final()]);
      } catch {
        throw invalid();
      }
    },
  };
}

/** Which key encrypted this. */
export function keyOfCiphertext(sealed: Buffer): string {
  return readHead(sealed).id;
}

function readHead(sealed: Buffer): { id: string; version: number; rest: Buffer } {
  const length = sealed[3] ?? 0;
  if (!sealed.subarray(0, 3).equals(magic) || length === 0 || sealed.length < 8 + length) throw invalid();
  return {
    id: sealed.toString("latin1", 4, 4 + length),
    version: sealed.readUInt32BE(4 + length),
    rest: sealed.subarray(8 + length),
  };
}

function headOf(id: string, version: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(version);
  return Buffer.concat([magic, Buffer.from([id.length]), Buffer.from(id, "latin1"), number]);
}

function contextBytes(context: EncryptionContext): Buffer {
  const entries = Object.entries(context).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Buffer.from(JSON.stringify(entries), "utf8");
}

function invalid(): Fault {
  return new Fault("InvalidCiphertextException", 400, "the ciphertext is broken, or of another key or encryption context");
}

function readVersions(file: string, machineKey: Buffer): Version[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const value: unknown = JSON.parse(text);
  const versions =
    isRecord(value) && value["schemaVersion"] === 1 && Array.isArray(value["versions"])
      ? (value["versions"] as unknown[])
      : undefined;
  const read = versions?.flatMap((one) =>
    isRecord(one) &&
    typeof one["version"] === "number" &&
    typeof one["createdAt"] === "string" &&
    typeof one["sealed"] === "string"
      ? [
          {
            version: one["version"],
            createdAt: one["createdAt"],
            material: Buffer.from(unseal(one["sealed"], machineKey), "base64"),
          },
        ]
      : [],
  );
  // Never a new key in the place of one that cannot be read: what it encrypted would be lost without a word.
  if (!read || read.length === 0 || read.length !== versions?.length)
    throw new GantryError("broken-key", `the key in ${file} is no key`, { hint: "put its file back from a backup" });
  return read;
}
