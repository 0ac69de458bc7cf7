import type { Collection } from "./node.ts";

// What holds where a spec says nothing. One table, so that `gantry explain` can say where a value nobody wrote comes from.

type Data = Readonly<Record<string, unknown>>;

const store = { private: true, public: false, encrypted: true };

const machine = { size: { cpu: 1, memory: "512Mi" } };
const serving = {
  ...machine,
  scale: { min: 1, max: 1 },
  health: { every: "10s", timeout: "5s", failures: 3 },
  drain: "30s",
  measured: true,
};

const services: Readonly<Record<string, Data>> = {
  service: { port: 8080, ...serving },
  frontend: { port: 3000, ...serving },
  proxy: { port: 8080, ...serving },
  worker: { ...machine, scale: { min: 1, max: 1 }, drain: "30s", measured: false },
  cron: { ...machine, limit: "1h", overlap: "skip", missed: "skip", measured: false },
};

const resources: Readonly<Record<string, Data>> = {
  postgres: {
    ...store,
    highAvailability: false,
    maxConnections: 100,
    migrations: { tool: "sql", run: "before traffic", step: "migrate" },
  },
  redis: { ...store, tier: "basic" },
  bucket: { ...store, engine: "cloud" },
  queue: { tries: 5 },
  search: { private: true, public: false },
  kms: { perTenant: false, envelope: false },
};

const others: Partial<Record<Collection, Data>> = {
  alerts: { every: "30s" },
  uptime: { every: "60s", timeout: "10s" },
};

const clouds: Readonly<Record<string, Data>> = {
  gcp: { region: "us-central1", runs: "cloud run", secretsIn: "secret manager" },
  aws: { region: "us-east-1", runs: "ecs", secretsIn: "secrets manager" },
  azure: { region: "eastus", runs: "aks", secretsIn: "key vault" },
  local: { secretsIn: "file" },
};

const environment: Data = { production: false, managed: "here", logLevel: "info", release: { strategy: "rolling" } };

const strategies: Readonly<Record<string, Data>> = {
  canary: { rollbackOn: ["any failure"], rollbackWindow: "1h" },
  "blue-green": { rollbackOn: ["any failure"], rollbackWindow: "1h", retireAfter: "1h" },
  rolling: { rollbackOn: ["any failure"], rollbackWindow: "1h" },
  recreate: { rollbackOn: ["any failure"], rollbackWindow: "1h" },
};

/** The smallest machine that a small service is happy with, where not every size can be had. */
const sizes: Readonly<Record<string, Data>> = { ecs: { cpu: 0.5, memory: "1Gi" } };

/** The defaults of one entity; some depend on what runs it, and on whether a part was written at all. */
export function entityDefaults(collection: Collection, data: Data, runs: string): Data {
  const kind = String(data["kind"]);
  if (collection === "services") {
    const found = own(services, kind, data, "health");
    return Object.hasOwn(sizes, runs) && "size" in found ? { ...found, size: sizes[runs] } : found;
  }
  if (collection === "resources") return own(resources, kind, data, "migrations");
  if (collection === "flags") return { default: false, is: data["default"] ?? false };
  return others[collection] ?? {};
}

export function environmentDefaults(cloud: string, strategy: string): Data {
  const base = { ...environment, ...(Object.hasOwn(clouds, cloud) ? clouds[cloud] : {}) };
  return { ...base, release: { strategy, ...(Object.hasOwn(strategies, strategy) ? strategies[strategy] : {}) } };
}

/** A part that nobody asked for (a health check, migrations) gets no defaults of its own. */
function own(table: Readonly<Record<string, Data>>, kind: string, data: Data, part: string): Data {
  const found = Object.hasOwn(table, kind) ? (table[kind] ?? {}) : {};
  if (part in data || !(part in found)) return found;
  const { [part]: _, ...rest } = found;
  return rest;
}
