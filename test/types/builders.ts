// What the types of the builders promise. Compiled by `npm run check` and by test/types.test.ts: every line with an expected error
// has to be one, and the others must not.
import {
  alert,
  bucket,
  canary,
  channel,
  errorRate,
  gcp,
  kmsKey,
  latency,
  local,
  postgres,
  product,
  queue,
  redis,
  secret,
  service,
  set,
  slo,
  topic,
  worker,
} from "gantry";
import type { Condition, Postgres, Product, Service, Signal } from "gantry";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

const db = postgres("db", { version: 16, backup: { pitr: "7d" } });
const cache = redis("cache", { version: 7 });
const jobs = queue("jobs", { on: cache });
const tokens = kmsKey("tokens");
const files = bucket("files");
const events = topic("events");
const api = service("api", {
  uses: [db, jobs.push, tokens.decrypt, files.read, events.publish],
  env: { URL: db.url, KEY: secret("key"), N: 1, B: true },
});
const ops = channel.slack("#ops");

holds<Same<typeof db, Postgres>>();
holds<Same<typeof api, Service>>();
const rate = errorRate(api).over("5m");
holds<Same<typeof rate, Signal>>();
// A distribution stays one until a quantile makes it a number.
const slow = latency(api).over("5m").p95;
holds<Same<typeof slow, Signal>>();
const condition = rate.above("2%").for("10m");
holds<Same<typeof condition, Condition>>();

// Handles of one kind of resource are not those of another.
// @ts-expect-error a queue has no migrations
void jobs.migrated;
// @ts-expect-error a bucket cannot decrypt
void files.decrypt;
// @ts-expect-error a key is not pushed to
void tokens.push;

// Units are part of the types.
// @ts-expect-error a duration has a unit
void rate.over("5");
// @ts-expect-error a share is written with %
void canary([{ to: 10, bake: "30m" }]);
// @ts-expect-error a bake has a unit
void canary([{ to: "10%", bake: "half an hour" }]);
// @ts-expect-error memory has a unit
void service("x", { size: { memory: "512" } });

// Versions, severities and levels are words of a list.
// @ts-expect-error there is no Postgres 12 here
void postgres("x", { version: 12 });
// @ts-expect-error no such severity
void alert("x", { when: condition, severity: "bad", to: ops });
// @ts-expect-error no such level
void local({ logLevel: "verbose" });

// What is referred to by value cannot be a name.
// @ts-expect-error a service uses resources, not their names
void service("x", { uses: ["db"] });
// @ts-expect-error an alert goes to a channel
void alert("x", { when: condition, severity: "critical", to: "#ops" });
// @ts-expect-error a signal is no condition yet
void alert("x", { when: rate, severity: "critical", to: ops });
// @ts-expect-error an SLO needs a target
void slo("x", { of: rate, over: "30d" });

// Overrides know what they change.
void set(api, { scale: { max: 50 } });
void set(db, { size: "db-custom-4-15360", backup: { pitr: "14d" } });
// @ts-expect-error a service has no size in words
void set(api, { size: "large" });
// @ts-expect-error a database has no scale
void set(db, { scale: { max: 50 } });
// @ts-expect-error nor does a cache have a backup
void set(cache, { backup: { pitr: "7d" } });

// Only workers take from queues, only some clouds have some things.
void worker("x", { takes: jobs });
// @ts-expect-error a service takes requests
void service("x", { takes: jobs });
// @ts-expect-error Google has no ECS
void gcp("p", { runs: "ecs" });
// @ts-expect-error a quantile is chosen, not thresholded
void latency(api).p95.p99;

const made = product("p", { services: [api], environments: { here: local() } });
holds<Same<typeof made, Product>>();
// @ts-expect-error a product has services
void product("p", { environments: {} });
