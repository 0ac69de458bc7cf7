import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ReEncryptCommand,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ResourcePrincipal } from "../../src/wire/resources.ts";
import { adminToken, principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";

const both = ["encrypt", "decrypt"] as const;
const api = principal("dev", "api", [
  { kind: "kms", resource: "shop-dev-tokens", access: both },
  { kind: "kms", resource: "shop-dev-tenants", access: both },
]);
const writer = principal("dev", "writer", [{ kind: "kms", resource: "shop-dev-tokens", access: ["encrypt"] }]);
const foreign = principal("prod", "api", [{ kind: "kms", resource: "shop-prod-tokens", access: both }]);

let server: ResourceServer;
let kms: KMSClient;
const clients: KMSClient[] = [];
const KeyId = "shop-dev-tokens";
const Plaintext = Buffer.from("a secret");

function clientOf({ accessKeyId, secretKey }: ResourcePrincipal): KMSClient {
  const client = new KMSClient({
    endpoint: server.url(),
    region: "local",
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: secretKey },
  });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  server = await resourceServer({
    principals: [api, writer, foreign],
    keys: [
      { id: "shop-dev-tokens", environment: "dev", perTenant: false },
      { id: "shop-dev-tenants", environment: "dev", perTenant: true },
      { id: "shop-prod-tokens", environment: "prod", perTenant: false },
    ],
  });
  await server.start();
  kms = clientOf(api);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.remove();
});

async function decrypt(CiphertextBlob: Uint8Array | undefined, EncryptionContext?: Record<string, string>): Promise<Buffer> {
  const { Plaintext: plain } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  return Buffer.from(plain ?? []);
}

test("what is encrypted opens with the same context only, whatever its order", async () => {
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { a: "1", b: "2" } }));
  expect(await decrypt(CiphertextBlob, { b: "2", a: "1" })).toEqual(Plaintext);
  await expect(decrypt(CiphertextBlob, { a: "1" })).rejects.toMatchObject({ name: "InvalidCiphertextException" });
  await expect(decrypt(CiphertextBlob)).rejects.toMatchObject({ name: "InvalidCiphertextException" });
});

test("what was changed in any byte does not open", async () => {
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext }));
  for (let at = 0; at < (CiphertextBlob?.length ?? 0); at += 1) {
    const changed = Buffer.from(CiphertextBlob ?? []);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(decrypt(changed)).rejects.toThrow();
  }
});

test("a data key comes with its own cipher text", async () => {
  const made = await kms.send(new GenerateDataKeyCommand({ KeyId: `alias/${KeyId}`, KeySpec: "AES_256" }));
  expect(made.Plaintext).toHaveLength(32);
  expect(await decrypt(made.CiphertextBlob)).toEqual(Buffer.from(made.Plaintext ?? []));
  const hidden = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }));
  expect(await decrypt(hidden.CiphertextBlob)).toHaveLength(64);
});

test("what was encrypted before a rotation and a restart still opens", async () => {
  const before = await kms.send(new EncryptCommand({ KeyId, Plaintext }));
  const rotate = (authorization: string) =>
    fetch(`${server.url()}/_gantry/keys/${KeyId}/rotate`, { method: "POST", headers: { authorization } });
  expect((await rotate("Bearer wrong")).status).toBe(401);
  expect((await rotate(`Bearer ${adminToken}`)).status).toBe(200);
  const after = await kms.send(new EncryptCommand({ KeyId, Plaintext }));
  await server.kill();
  await server.start();
  for (const { CiphertextBlob } of [before, after]) expect(await decrypt(CiphertextBlob)).toEqual(Plaintext);
  const versions = [before, after].map(({ CiphertextBlob }) => Buffer.from(CiphertextBlob ?? []).readUInt32BE(4 + KeyId.length));
  expect(versions).toEqual([1, 2]);
});

test("tenants have keys of their own", async () => {
  const EncryptionContext = { tenant: "acme" };
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: "shop-dev-tenants", Plaintext, EncryptionContext }));
  expect(await decrypt(CiphertextBlob, EncryptionContext)).toEqual(Plaintext);
  await expect(decrypt(CiphertextBlob, { tenant: "other" })).rejects.toMatchObject({ name: "InvalidCiphertextException" });
  await expect(kms.send(new EncryptCommand({ KeyId: "shop-dev-tenants", Plaintext }))).rejects.toMatchObject({
    name: "ValidationException",
  });
});

test("what is encrypted moves to another key and context", async () => {
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { a: "1" } }));
  const moved = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob,
      SourceEncryptionContext: { a: "1" },
      DestinationKeyId: "shop-dev-tenants",
      DestinationEncryptionContext: { tenant: "t" },
    }),
  );
  expect(await decrypt(moved.CiphertextBlob, { tenant: "t" })).toEqual(Plaintext);
});

test("a service uses a key as it was given, and no other's", async () => {
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext }));
  const writing = clientOf(writer);
  await expect(writing.send(new EncryptCommand({ KeyId, Plaintext }))).resolves.toBeDefined();
  await expect(writing.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  const stranger = clientOf(foreign);
  await expect(stranger.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(stranger.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(kms.send(new DescribeKeyCommand({ KeyId: "none" }))).rejects.toMatchObject({ name: "NotFoundException" });
  expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({ KeyId, Enabled: true });
});

test("no key lies open on the disk", () => {
  const state = path.join(server.folder, "state");
  const files = readdirSync(state, { recursive: true })
    .map(String)
    .filter((file) => file.includes("keys/"));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files)
    expect(
      Object.keys((JSON.parse(readFileSync(path.join(state, file), "utf8")) as { versions: object[] }).versions[0] ?? {}),
    ).toEqual(["version", "createdAt", "sealed"]);
});
