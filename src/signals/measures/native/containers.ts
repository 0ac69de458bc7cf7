import { cpuAs, memoryAs, restartsAs } from "../containers-as.ts";
import { type About, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused, refusedHere } from "../measured.ts";
import { type Shape } from "../shape.ts";
import type { Asking } from "./asking.ts";
import { connectionsTaken, diskNotFree, redisMemory } from "./stores.ts";

/** What the containers of a service use of what they may, and how full a store is. */
export function containers(asking: Asking, about: About): Measured | NotMeasured {
  const { signal } = asking;
  if (about.kind === "resource") return storeFullness(asking, about);
  if (about.kind !== "service") return refused(`${signal.measure} is measured of services and resources`);
  const { name } = about;
  const own = ["service"];
  switch (signal.measure) {
    case "cpu": {
      const shape = cpuShape(asking, about);
      if (shape === undefined) return refused(`${name} says nowhere how much CPU it may use`);
      return cpuAs({ name, own }, shape);
    }
    case "memory":
      return memoryAs({ name, own }, memoryShape(asking, name));
    case "restarts":
      return restartsAs({ name, own }, metricWith("container_restarts_total", { service: name }, signal));
    default: {
      const cpu = cpuShape(asking, about);
      const pool: Shape = {
        is: "taken",
        used: metricWith("db_pool_in_use", { service: name }, signal),
        limit: metricWith("db_pool_max", { service: name }, signal),
        fold: "sum",
      };
      return {
        is: "measured",
        shape: {
          is: "highest",
          of: [
            ...(cpu === undefined ? [] : [{ name: "cpu", shape: cpu }]),
            { name: "memory", shape: memoryShape(asking, name) },
            ...(about.service.kind !== "frontend" && "pool" in about.service ? [{ name: "pool", shape: pool }] : []),
          ],
        },
        unit: "share",
        own,
        says: `how full the scarcest of ${name}'s resources is`,
      };
    }
  }
}

function cpuShape({ signal }: Asking, { name, service }: Extract<About, { kind: "service" }>): Shape | undefined {
  const cores = service.size?.cpu;
  if (cores === undefined) return undefined;
  return { is: "busy", of: metricWith("container_cpu_usage_seconds_total", { service: name }, signal), limit: cores };
}

function memoryShape({ signal }: Asking, name: string): Shape {
  return {
    is: "filled",
    used: metricWith("container_memory_working_set_bytes", { service: name }, signal),
    limit: metricWith("container_spec_memory_limit_bytes", { service: name }, signal),
  };
}

function storeFullness({ signal }: Asking, about: Extract<About, { kind: "resource" }>): Measured | NotMeasured {
  const { name, resource } = about;
  const own = ["resource"];
  const share = { is: "measured", unit: "share", own } as const;
  if (signal.measure === "memory" && resource.kind === "redis")
    return { ...share, shape: redisMemory(signal, about), says: `the memory that ${name} uses, as a share of its limit` };
  if (signal.measure === "saturation" && resource.kind === "redis")
    return { ...share, shape: redisMemory(signal, about), says: `how full ${name}'s memory is` };
  if (signal.measure === "saturation" && resource.kind === "postgres")
    return {
      ...share,
      shape: {
        is: "highest",
        of: [
          { name: "connections", shape: connectionsTaken(signal, name) },
          { name: "disk", shape: diskNotFree(signal, name) },
        ],
      },
      says: `how full the scarcer of ${name}'s connections and disk is`,
    };
  if (signal.measure === "restarts" && (resource.kind === "postgres" || resource.kind === "redis"))
    return {
      is: "measured",
      shape: {
        is: "changes",
        of: metricWith(
          resource.kind === "redis" ? "redis_start_time_seconds" : "pg_postmaster_start_time_seconds",
          { resource: name },
          signal,
        ),
      },
      unit: "count",
      own,
      usualMs: minutesMs(60),
      says: `how often ${name} started anew`,
    };
  const reason = `nothing here measures ${signal.measure} of a ${resource.kind}`;
  // Where a cloud runs the database, the cloud does.
  return signal.measure === "cpu" || signal.measure === "memory" ? refusedHere(reason) : refused(reason);
}
