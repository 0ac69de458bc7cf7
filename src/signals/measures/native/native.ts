import { aboutOf } from "../matchers.ts";
import { type Measured, type NotMeasured, refusedHere } from "../measured.ts";
import type { Asking } from "./asking.ts";
import { burn } from "./burn.ts";
import { containers } from "./containers.ts";
import { jobs } from "./jobs.ts";
import { money } from "./money.ts";
import { given } from "./given.ts";
import { outside } from "./outside.ts";
import { requests } from "./requests.ts";
import { stores } from "./stores.ts";

/** A measure in the names that services, exporters and Gantry's own gateway use: those of the embedded store and of Prometheus. */
export function nativeMeasure(asking: Asking): Measured | NotMeasured {
  const { signal, environment } = asking;
  const about = aboutOf(signal.of, environment);
  if (about.kind === "absent") return refusedHere(`there is no ${about.ref} in ${environment.environment}`);
  switch (signal.measure) {
    case "requests":
    case "errors":
    case "errorRate":
    case "latency":
    case "coldStart":
      return requests(asking, about);
    case "cpu":
    case "memory":
    case "restarts":
    case "saturation":
      return containers(asking, about);
    case "queueDepth":
    case "queueAge":
    case "deadLetters":
    case "throughput":
    case "failureRate":
    case "jobRuntime":
    case "jobFailures":
      return jobs(asking, about);
    case "disk":
    case "connections":
    case "connectionsUsed":
    case "replicationLag":
    case "queryTime":
    case "hitRate":
    case "backupFailures":
    case "backupAge":
      return stores(asking, about);
    case "uptime":
    case "certificateLeft":
      return outside(asking, about);
    case "burnRate":
    case "budgetLeft":
      return burn(asking, about);
    case "monthToDate":
    case "dayToDate":
    case "dailyBudget":
    case "spend":
      return money(asking);
    case "metric":
    case "promql":
      return given(asking, about);
  }
}
