// The language: what `import { … } from "gantry"` gives. One explicit list, so that nothing becomes public by accident.
export { bucket, postgres, redis } from "./language/stores.ts";
export { emulator, kmsKey, mail, partner, queue, search, topic, virusScanner, workflows } from "./language/facilities.ts";
export { cron, frontend, proxy, service, worker } from "./language/service.ts";
export { here, node, python, rust } from "./language/stack.ts";
export { secret } from "./language/secret.ts";
export { daily, monthly, weekly } from "./language/units.ts";
export {
  certificateLeft,
  cpu,
  errorRate,
  jobFailures,
  jobRuntime,
  latency,
  memory,
  metric,
  promql,
  queueDepth,
  restarts,
  saturation,
  uptime,
} from "./language/signal.ts";
export { alert, chart, dashboard, logs, slo, traces, uptimeCheck } from "./language/watch.ts";
export { channel } from "./language/channel.ts";
export { budget, statedCosts } from "./language/money.ts";
export { approval, approvedBy, freeze, role } from "./language/people.ts";
export { blueGreen, canary, healthy, recreate, rolling, smoke } from "./language/release.ts";
export { byHand, check, onMerge, onPullRequest, onPush, onSchedule, onTag, pipeline, together } from "./language/pipeline.ts";
export { demo, fixtures, real, reset, seed, synthetic, tenants } from "./language/data.ts";
export { flag } from "./language/flag.ts";
export { drill, gameDay, loadTest, policy, runbook, securityTest, step, testIncident } from "./language/operate.ts";
export { aws, azure, either, gcp, local, set } from "./language/environment.ts";
export { github, gitlab, product } from "./language/product.ts";

export type { Bytes, Changes, Cron, Duration, LogLevel, Missed, Percent } from "./language/units.ts";
export type { PostgresOptions, RedisOptions, BucketOptions, Postgres, Redis, Bucket } from "./language/stores.ts";
export type { QueueOptions, Queue } from "./language/facilities.ts";
export type { Resource } from "./language/resource.ts";
export type { Service, ServiceOptions, WorkerOptions, CronOptions } from "./language/service.ts";
export type { Signal, Condition } from "./language/signal.ts";
export type {
  Environment,
  EnvironmentOptions,
  AwsOptions,
  AzureOptions,
  GcpOptions,
  LocalOptions,
} from "./language/environment.ts";
export type { ReleaseOptions, Requirement, Strategy } from "./language/release.ts";
export type { Product, ProductOptions } from "./language/product.ts";
