import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GantryError } from "../lib/errors.ts";
import { openStore, type Store } from "../store/store.ts";
import { freePort } from "../system/free-port.ts";
import { answers } from "../system/json-over-socket.ts";
import { type Place, preparePlace } from "../system/place.ts";
import { configurationDigest } from "../system/configuration-digest.ts";
import { machineKey, seal } from "../system/sealed.ts";
import { writeWhole } from "../system/whole-file.ts";
import { type AgentClient, agentClient } from "../targets/local/agent-client.ts";
import { databaseUrl, provisionDatabase } from "../targets/local/postgres/databases.ts";
import type { DatabaseRole } from "../targets/local/postgres/roles.ts";
import { ensurePostgres, postgresStatus, removePostgres, stopPostgres } from "../targets/local/postgres/server.ts";
import type { EnvironmentResources } from "../targets/local/providers/provider.ts";
import type { FacilityServer } from "../targets/local/providers/facilities.ts";
import { openSecretStore, type SecretStore } from "../targets/local/secret-store.ts";
import type { ResourceServerConfig } from "../wire/resources.ts";
import { builtFile, startDetached } from "./processes.ts";

// The parts of one product's local platform, each started when it is first needed: Postgres, the agent, the server of buckets and queues.

/** What belongs to no environment. No environment can be called so: a name begins with a letter. */
export const platformKey = "0.platform";

export type Platform = {
  readonly place: Place;
  readonly agent: AgentClient;
  readonly secrets: SecretStore;
  readonly machineKey: Buffer;
  readonly store: Store;
  readonly actor: string;
  /** What starting took, for those who want to know. */
  readonly started: Readonly<Record<string, number>>;
  /** How many environments are being brought up at the moment. */
  atWork: number;
  ensureAgent(): Promise<void>;
  /** Starts again what Postgres servers have died. */
  ensureDatabases(): Promise<void>;
  /** The server for buckets, queues, topics, keys and mail, knowing what this environment needs. */
  facilities(key: string, needs: EnvironmentResources): Promise<FacilityServer>;
  /** Removes what an environment kept in buckets, queues and topics. */
  forgetResources(key: string): Promise<void>;
  /** Ends everything but this process itself. */
  stop(): Promise<void>;
  /** Removes what is kept, once everything has ended; secrets that somebody has set stay. */
  removeAll(): Promise<void>;
};

export async function openPlatform(place: Place): Promise<Platform> {
  preparePlace(place);
  const started: Record<string, number> = {};
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    started[what] = Math.round(performance.now() - begun);
    return result;
  };
  const key = machineKey(place.machineKey);
  const secrets = openSecretStore(place);
  let stopped = false;
  const ensureAgent = async () => {
    if (stopped || (await answers(place.agentSocket))) return;
    await startDetached({
      file: builtFile("agent.js"),
      args: [place.root],
      // On few cores a collector with threads of its own takes them from whoever serves.
      nodeArgs: availableParallelism() <= 2 ? ["--single-threaded-gc"] : [],
      log: path.join(place.logs, "agent.log"),
      socket: place.agentSocket,
    });
  };
  const openControl = async () => {
    const server = await ensurePostgres({ folder: place.postgres });
    const role: DatabaseRole = { name: "gantry_control", password: secrets.made("control/database"), kind: "migrator" };
    await provisionDatabase(server, { database: "gantry_control", owner: "gantry_control_owner", roles: [role] });
    const url = new URL(databaseUrl(server, role, "gantry_control"));
    // What it makes is the owner's, as with any database here.
    url.searchParams.set("options", "-c role=gantry_control_owner");
    return openStore(url.href.replaceAll("+", "%20"));
  };
  // Both come to an end, also when one fails: what is still starting could not be ended.
  const [opened, agentReady] = await Promise.allSettled([timed("control database", openControl), timed("agent", ensureAgent)]);
  if (opened.status === "rejected") throw opened.reason;
  if (agentReady.status === "rejected") throw agentReady.reason;
  const store = opened.value;
  let [epoch, sequence] = [await store.nextEpoch(), 0];
  const agent = agentClient(place.agentSocket, () => ({ epoch, sequence: (sequence += 1) }));
  // A control database that was made anew counts from one; the agent remembers how far its predecessor had come.
  for (const { fence } of (await agent.state()).environments) epoch = Math.max(epoch, fence.epoch + 1);

  const partFile = (name: string) => path.join(place.resources, name, "facilities.json");
  const parts = () =>
    (existsSync(place.resources) ? readdirSync(place.resources) : [])
      .filter((name) => existsSync(partFile(name)))
      .map((name) => JSON.parse(readFileSync(partFile(name), "utf8")) as EnvironmentResources);
  const configFile = path.join(place.resources, "server.json");
  const writeConfig = () => {
    const all = parts();
    const config: ResourceServerConfig = {
      schemaVersion: 1,
      adminToken: secrets.made("resources/admin"),
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

  const ports = portsIn(path.join(place.folder, "ports.json"));

  return {
    place,
    agent,
    secrets,
    machineKey: key,
    store,
    actor: userInfo().username,
    started,
    atWork: 0,
    ensureAgent,
    async ensureDatabases() {
      if (stopped) return;
      for (const { major, state } of await postgresStatus(place.postgres))
        if (state === "stopped") await ensurePostgres({ folder: place.postgres, wanted: major });
    },
    async facilities(name, needs) {
      mkdirSync(path.dirname(partFile(name)), { recursive: true, mode: 0o700 });
      writeWhole(partFile(name), `${JSON.stringify(needs, undefined, 2)}\n`);
      writeConfig();
      const running = (await agent.state()).environments.find((one) => one.environment === platformKey);
      const [port, smtpPort] = [
        await ports.of("resources", running !== undefined),
        await ports.of("smtp", running !== undefined),
      ];
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
      // A service that is started now signs in at once: what it may do has to be known by then.
      const until = Date.now() + 10_000;
      while ((await configurationAt(port)) !== configurationDigest(readFileSync(configFile, "utf8"))) {
        if (Date.now() > until)
          throw new GantryError("not-ready", "the server for buckets and queues did not take its configuration", {
            hint: "see .gantry/logs/0.platform/resources.log",
          });
        await sleep(10);
      }
      return { port, smtpPort };
    },
    async forgetResources(name) {
      if (!existsSync(partFile(name))) return;
      const port = (await agent.state()).environments
        .find((one) => one.environment === platformKey)
        ?.resources.find((one) => one.name === "resources")?.port;
      if (port !== undefined) {
        const answer = await fetch(`http://127.0.0.1:${port}/_gantry/environments/${encodeURIComponent(name)}`, {
          method: "DELETE",
          headers: { authorization: `Bearer ${secrets.made("resources/admin")}` },
        });
        if (!answer.ok)
          throw new GantryError("not-removed", `what ${name} keeps in buckets and queues could not be removed`, {
            hint: "say it again",
          });
      }
      rmSync(partFile(name), { force: true });
      writeConfig();
    },
    async stop() {
      stopped = true;
      await agent.stop(true).catch(() => {});
      await store.close();
      await stopPostgres(place.postgres);
    },
    async removeAll() {
      await removePostgres(place.postgres);
      secrets.forgetMade("");
      // Beside what the platform keeps lie the types for the editor, and secrets that somebody has set.
      const kept = [".gitignore", "types", ...(secrets.list().length > 0 ? [path.basename(place.secrets)] : [])];
      for (const name of readdirSync(place.folder))
        if (!kept.includes(name)) rmSync(path.join(place.folder, name), { recursive: true, force: true });
    },
  };
}

/** After a start that failed: an agent and a Postgres that were started for nothing do not stay. */
export async function endWhatServesNobody(place: Place): Promise<void> {
  const agent = agentClient(place.agentSocket, () => ({ epoch: 0, sequence: 0 }));
  const machine = await agent.state().catch(() => undefined);
  if (machine !== undefined && machine.environments.length > 0) return;
  await agent.stop(true).catch(() => {});
  await stopPostgres(place.postgres).catch(() => {});
}

/** Which text of its configuration the server for buckets and queues has in force. */
async function configurationAt(port: number): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/_gantry/health`).catch(() => undefined);
  return answer?.ok === true ? ((await answer.json()) as { configuration?: string }).configuration : undefined;
}

export function sealedWith(key: Buffer) {
  return (env: Readonly<Record<string, string>> | undefined): { readonly sealedEnv?: string } =>
    env === undefined || Object.keys(env).length === 0 ? {} : { sealedEnv: seal(JSON.stringify(env), key) };
}

/** Ports that stay the same from one start to the next, as long as nobody else takes them meanwhile. */
function portsIn(file: string) {
  // Only what would be nice: a file that cannot be read costs nothing but other ports.
  const read = (): Record<string, number> => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
    } catch {
      return {};
    }
  };
  return {
    async of(name: string, inUse: boolean): Promise<number> {
      const known = read();
      const port = inUse && known[name] !== undefined ? known[name] : await freePort(known[name]);
      if (known[name] !== port) writeWhole(file, `${JSON.stringify({ ...read(), [name]: port })}\n`);
      return port;
    },
  };
}
