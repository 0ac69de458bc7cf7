import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { freePort } from "../../src/system/free-port.ts";
import { root } from "./gantry.ts";
import { until } from "./examples-services.ts";

const entry = path.join(root, "src/resources/main.ts");

/** Is there the process that gives the local platform its buckets, topics and keys? */
export const storesAreThere = existsSync(entry);

export type Stores = {
  /** What a service needs to use them. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
};

/** A bucket, a topic with a subscription, a key, and a key for each tenant; all named after `example`. */
export async function startStores(example: string): Promise<Stores> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-examples-stores-"));
  const program = path.join(folder, "resources.mjs");
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const [port, smtpPort] = [await freePort(), await freePort()];
  const [keyId, secret] = ["GK_local_examples", "secret-of-the-examples-0123456789"];
  const environment = "local";
  const config = {
    schemaVersion: 1,
    adminToken: "admin-token-of-the-examples",
    principals: [
      {
        accessKeyId: keyId,
        secretKey: secret,
        environment,
        service: "any",
        grants: [
          { resource: `${example}-files`, kind: "bucket", access: ["read", "write"] },
          { resource: `${example}-events`, kind: "topic", access: ["publish", "subscribe"] },
          { resource: `${example}-key`, kind: "kms", access: ["encrypt", "decrypt"] },
          { resource: `${example}-tenants`, kind: "kms", access: ["encrypt", "decrypt"] },
        ],
      },
    ],
    buckets: [{ name: `${example}-files`, environment, versioning: true }],
    queues: [],
    topics: [{ name: `${example}-events`, environment, subscriptions: [{ name: `${example}-heard` }] }],
    keys: [
      { id: `${example}-key`, environment, perTenant: false },
      { id: `${example}-tenants`, environment, perTenant: true },
    ],
    mailboxes: [],
  };
  const file = path.join(folder, "resources.json");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [program], {
    env: {
      PORT: String(port),
      SMTP_PORT: String(smtpPort),
      GANTRY_RESOURCES_FOLDER: path.join(folder, "state"),
      GANTRY_RESOURCES_FILE: file,
      GANTRY_MACHINE_KEY_FILE: path.join(folder, "machine.key"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await until(() => said.includes('"ready"') || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`the stores ended: ${said}`);
  const token = `${keyId}.${secret}`;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: keyId,
      AWS_SECRET_ACCESS_KEY: secret,
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${port}`,
      GANTRY_RESOURCE_TOKEN: token,
    },
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
