import { existsSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, userInfo } from "node:os";
import path from "node:path";
import { openStore, type Store } from "../store/store.ts";
import { giveUp } from "../system/give-up.ts";
import { answers } from "../system/json-over-socket.ts";
import { type Place, preparePlace } from "../system/place.ts";
import { machineKey, seal } from "../system/sealed.ts";
import { writeWhole } from "../system/whole-file.ts";
import { type AgentClient, agentClient } from "../targets/local/agent-client.ts";
import { databaseUrl, provisionDatabase } from "../targets/local/postgres/databases.ts";
import type { DatabaseRole } from "../targets/local/postgres/roles.ts";
import { ensurePostgres, postgresStatus, removePostgres, stopPostgres } from "../targets/local/postgres/server.ts";
import { openSecretStore, type SecretStore } from "../targets/local/secret-store.ts";
import { gatewayCollects } from "./collecting.ts";
import { type Fences, createFences } from "./engine/fences.ts";
import { type Facilities, createFacilities } from "./facilities.ts";
import { holdDatabase } from "./hold-database.ts";
import type { Hosting } from "./hosting.ts";
import { portsOf } from "./kept-ports.ts";
import { builtFile, startDetached, wantsItsDatabase } from "./processes.ts";
import { type ApprovalLinks, createApprovalLinks } from "./releases/approval-links.ts";

// The parts of one product's local platform, each started when it is first needed: Postgres, the agent, the server for buckets and queues.

export type Platform = {
  readonly place: Place;
  readonly agent: AgentClient;
  /** The numbers that the agent tells this process by, for whatever else speaks to it. */
  readonly fences: Fences;
  readonly secrets: SecretStore;
  readonly machineKey: Buffer;
  readonly store: Store;
  readonly actor: string;
  /** What starting took, told once. */
  takeStarted(): readonly { readonly what: string; readonly ms: number }[];
  /** How many environments are being brought up at the moment. */
  atWork: number;
  ensureAgent(): Promise<void>;
  /** Starts again what Postgres servers have died. */
  ensureDatabases(): Promise<void>;
  readonly facilities: Facilities;
  /** Where services send what they measure themselves, by OTLP over HTTP. */
  readonly otlpPort: number;
  /** Where people with a browser are answered. */
  readonly httpPort: number;
  readonly hosting: Hosting;
  readonly approvalLinks: ApprovalLinks;
  /** Ends everything but this process itself. */
  stop(): Promise<void>;
  /** Removes what is kept, once everything has ended; secrets that somebody has set stay. */
  removeAll(): Promise<void>;
};

/** `given` is a control database that is open already. */
export async function openPlatform(place: Place, hosting: Hosting, given?: Store): Promise<Platform> {
  preparePlace(place);
  const started: { what: string; ms: number }[] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    started.push({ what, ms: Math.round(performance.now() - begun) });
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
      nodeArgs: gatewayCollects(availableParallelism()),
      log: path.join(place.logs, "agent.log"),
      socket: place.agentSocket,
    });
  };
  const openControl = async () => {
    const { database } = hosting;
    if (database !== undefined && given !== undefined) {
      await holdDatabase(database, giveUp);
      writeWhole(place.databaseGiven, "its address is in the environment of gantry server\n");
      return given;
    }
    if (existsSync(place.databaseGiven)) throw wantsItsDatabase();
    const server = await ensurePostgres({ folder: place.postgres });
    const role: DatabaseRole = { name: "gantry_control", password: secrets.made("control/database"), kind: "migrator" };
    await provisionDatabase(server, { database: "gantry_control", owner: "gantry_control_owner", roles: [role] });
    return openStore(databaseUrl(server, role, "gantry_control"));
  };
  // Both come to an end, also when one fails: what is still starting could not be ended.
  const [opened, agentReady] = await Promise.allSettled([timed("control database", openControl), timed("agent", ensureAgent)]);
  if (opened.status === "rejected") throw opened.reason;
  if (agentReady.status === "rejected") throw agentReady.reason;
  const store = opened.value;
  const fences = await createFences(() => store.nextEpoch());
  const agent = agentClient(place.agentSocket, fences.next);
  for (const { fence } of (await agent.state()).environments) await fences.raise(fence.epoch);

  const ports = portsOf(place);
  const otlpPort = await ports.of("otlp", false);
  const httpPort = hosting.port ?? (await ports.of("http", false));

  return {
    place,
    agent,
    fences,
    secrets,
    machineKey: key,
    store,
    actor: userInfo().username,
    facilities: createFacilities(place, agent, secrets),
    otlpPort,
    httpPort,
    hosting,
    approvalLinks: createApprovalLinks({ store, machineKey: key, base: hosting.url?.origin ?? `http://127.0.0.1:${httpPort}` }),
    takeStarted: () => started.splice(0),
    atWork: 0,
    ensureAgent,
    async ensureDatabases() {
      if (stopped) return;
      for (const { major, state } of await postgresStatus(place.postgres))
        if (state === "stopped") await ensurePostgres({ folder: place.postgres, wanted: major });
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

export function sealedWith(key: Buffer) {
  return (env: Readonly<Record<string, string>> | undefined): { readonly sealedEnv?: string } =>
    env === undefined || Object.keys(env).length === 0 ? {} : { sealedEnv: seal(JSON.stringify(env), key) };
}
