import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GantryError } from "../lib/errors.ts";
import { configurationDigest } from "../system/configuration-digest.ts";
import type { Place } from "../system/place.ts";
import { writeWhole } from "../system/whole-file.ts";
import type { AgentClient } from "../targets/local/agent-client.ts";
import type { FacilityServer } from "../targets/local/providers/facilities.ts";
import type { EnvironmentResources } from "../targets/local/providers/provider.ts";
import type { SecretStore } from "../targets/local/secret-store.ts";
import type { ResourceDepths, ResourceServerConfig } from "../wire/resources.ts";
import { portsOf } from "./kept-ports.ts";
import { builtFile } from "./processes.ts";

// The one server for buckets, queues, topics, keys and mail of all environments: what it is told, and that it knows it.

/** What belongs to no environment. No environment can be called so: a name begins with a letter. */
export const platformKey = "0.platform";

export type Facilities = {
  /** The server, knowing what this environment needs. */
  provide(key: string, needs: EnvironmentResources): Promise<FacilityServer>;
  /** Removes what an environment kept there. */
  forget(key: string): Promise<void>;
  /** What waits where; undefined where no such server runs. */
  depths(): Promise<ResourceDepths | undefined>;
};

export function createFacilities(place: Place, agent: AgentClient, secrets: SecretStore): Facilities {
  const partFile = (key: string) => path.join(place.resources, key, "facilities.json");
  const configFile = path.join(place.resources, "server.json");
  const ports = portsOf(place);
  const adminToken = () => secrets.made("resources/admin");

  const writeConfig = () => {
    const all = readdirSync(place.resources)
      .filter((key) => existsSync(partFile(key)))
      .map((key) => JSON.parse(readFileSync(partFile(key), "utf8")) as EnvironmentResources);
    const config: ResourceServerConfig = {
      schemaVersion: 1,
      adminToken: adminToken(),
      principals: all.flatMap((one) => one.principals),
      buckets: all.flatMap((one) => one.buckets),
      queues: all.flatMap((one) => one.queues),
      topics: all.flatMap((one) => one.topics),
      keys: all.flatMap((one) => one.keys),
      mailboxes: all.flatMap((one) => one.mailboxes),
    };
    const text = `${JSON.stringify(config, undefined, 2)}\n`;
    if (existsSync(configFile) && readFileSync(configFile, "utf8") === text) return;
    writeWhole(configFile, text);
  };

  const running = async () =>
    (await agent.state()).environments
      .find((one) => one.environment === platformKey)
      ?.resources.find((one) => one.name === "resources");

  const ask = (port: number, target: string, method = "GET") =>
    fetch(`http://127.0.0.1:${port}/_gantry/${target}`, { method, headers: { authorization: `Bearer ${adminToken()}` } });

  /** A service that is started now signs in at once: what it may do has to be known by then. */
  const known = async (port: number): Promise<void> => {
    const until = Date.now() + 10_000;
    for (;;) {
      const answer = await ask(port, "health").catch(() => undefined);
      const { configuration } = answer?.ok === true ? ((await answer.json()) as { configuration?: string }) : {};
      if (configuration === configurationDigest(readFileSync(configFile, "utf8"))) return;
      if (Date.now() > until)
        throw new GantryError("not-ready", "the server for buckets and queues did not take its configuration", {
          hint: `see .gantry/logs/${platformKey}/resources.log`,
        });
      await sleep(10);
    }
  };

  return {
    async provide(key, needs) {
      mkdirSync(path.dirname(partFile(key)), { recursive: true, mode: 0o700 });
      writeWhole(partFile(key), `${JSON.stringify(needs, undefined, 2)}\n`);
      writeConfig();
      const inUse = (await running()) !== undefined;
      const [port, smtpPort] = [await ports.of("resources", inUse), await ports.of("smtp", inUse)];
      const folder = path.join(place.resources, "server");
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await agent.putResource(platformKey, {
        name: "resources",
        command: [process.execPath, builtFile("resources.js")],
        folder,
        env: {
          SMTP_PORT: String(smtpPort),
          GANTRY_RESOURCES_FOLDER: folder,
          GANTRY_RESOURCES_FILE: configFile,
          GANTRY_MACHINE_KEY_FILE: place.machineKey,
        },
        port,
        drainMs: 10_000,
      });
      await known(port);
      return { port, smtpPort };
    },
    async forget(key) {
      if (!existsSync(partFile(key))) return;
      const port = (await running())?.port;
      const answer = port === undefined ? undefined : await ask(port, `environments/${encodeURIComponent(key)}`, "DELETE");
      if (answer && !answer.ok)
        throw new GantryError("not-removed", `what ${key} keeps in buckets and queues could not be removed`, {
          hint: "say it again",
        });
      rmSync(partFile(key), { force: true });
      writeConfig();
    },
    async depths() {
      const port = (await running())?.port;
      const answer = port === undefined ? undefined : await ask(port, "depths");
      return answer?.ok === true ? ((await answer.json()) as ResourceDepths) : undefined;
    },
  };
}
