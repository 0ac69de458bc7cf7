import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { GantryError, UserError } from "../lib/errors.ts";
import { textWithoutSecrets } from "../lib/secrets.ts";
import { configurationDigest } from "../system/configuration-digest.ts";
import { machineKey } from "../system/sealed.ts";
import { readConfigFile, watchConfigFile } from "./config-file.ts";
import { createResourceServer } from "./http/server.ts";
import { listenSmtp } from "./mail/smtp.ts";
import { createPrincipals } from "./principals.ts";
import { createStores } from "./stores.ts";

// The process that gives a local platform its buckets, queues, topics, keys and mail. All it says on stdout is one JSON document a line.

const tidyEveryMs = 5_000;

function say(level: "info" | "error", message: string, rest: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...rest })}\n`);
}

function failed(error: unknown): void {
  const { message, code, stack }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  const at = stack
    ?.split("\n")
    .slice(1, 4)
    .map((line) => line.trim());
  say("error", textWithoutSecrets(message), { ...(code === undefined ? {} : { code }), at });
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new UserError("resources-config", `${name} is not set`, {
      hint: "`gantry up` starts this process; it is not for people",
    });
  return value;
}

function portIn(name: string): number {
  const port = Number(given(name));
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UserError("resources-config", `${name} is no port`, { hint: "a whole number from 0 to 65535" });
  return port;
}

/** Which text of the file is in force, for whoever wrote it. */
function configurationOf(file: string): string {
  return configurationDigest(readFileSync(file, "utf8"));
}

async function main(): Promise<void> {
  const started = performance.now();
  const file = given("GANTRY_RESOURCES_FILE");
  const [port, smtpPort] = [portIn("PORT"), portIn("SMTP_PORT")];
  let configuration = configurationOf(file);
  let config = readConfigFile(file);
  let principals = createPrincipals(config);
  const stores = await createStores(given("GANTRY_RESOURCES_FOLDER"), {
    machineKey: machineKey(given("GANTRY_MACHINE_KEY_FILE")),
    clock: Date.now,
  });
  await stores.configure(config);
  let isReady = false;
  const server = createResourceServer({
    stores,
    principals: () => principals,
    isReady: () => isReady,
    configuration: () => configuration,
    clock: Date.now,
    failed,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const smtp = await listenSmtp(smtpPort, { mailboxes: stores.mailboxes, principals: () => principals, failed });
  await stores.openAll();
  isReady = true;
  say("info", "ready", {
    port: (server.address() as AddressInfo).port,
    smtpPort: smtp.port,
    ms: Math.round(performance.now() - started),
  });

  async function readAgain(): Promise<void> {
    try {
      const text = configurationOf(file);
      const next = readConfigFile(file);
      if (JSON.stringify(next) === JSON.stringify(config)) return void (configuration = text);
      await stores.configure(next);
      principals = createPrincipals(next);
      config = next;
      await stores.openAll();
      configuration = text;
      say("info", "configured", { principals: next.principals.length });
    } catch (error) {
      // What was in force stays so.
      failed(error);
    }
  }
  let reading = Promise.resolve();
  const read = (): void => {
    reading = reading.then(readAgain);
  };
  const unwatch = watchConfigFile(file, read);
  // What was written while this started.
  read();
  process.on("SIGHUP", read);
  const tidying = setInterval(() => void stores.tidy().catch(failed), tidyEveryMs);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    unwatch();
    clearInterval(tidying);
    server.close();
    server.closeIdleConnections();
    await smtp.close();
    // Wakes those who wait for messages; what is being answered gets a moment, then the process ends: nothing acknowledged is lost by that.
    await stores.close();
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
}

main().catch((error: unknown) => {
  failed(error);
  if (error instanceof GantryError && error.hint !== undefined) say("error", error.hint);
  process.exitCode = 1;
  process.exit();
});
