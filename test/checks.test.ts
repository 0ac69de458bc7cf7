import { describe, expect, test } from "vitest";
import * as g from "../src/spec/index.ts";
import { checkData, checkSpec } from "./support/spec.ts";

// What a check does beyond the one mistake it is there for. Each mistake by itself is in docs/errors.md, which errors.test.ts runs.

const api = g.service("api");
const lead = g.role("lead", { members: ["lead@example.com"] });

function problems(options: Partial<Parameters<typeof g.product>[1]>): string[] {
  const made = g.product("p", { services: [api], environments: { here: g.local() }, ...options });
  return checkSpec(made).problems.map(
    (one) => `${one.code} ${one.path}${one.environment === undefined ? "" : ` in ${one.environment}`}`,
  );
}

describe("an approval on record is given or pending", () => {
  test.each([
    [{ given: "2026-01-02" }, []],
    [{ pending: true }, []],
    [{ given: "2026-01-02", pending: true }, ["bad-value approvals.go.pending"]],
    [{}, ["missing approvals.go"]],
  ] as const)("%j", (how, wanted) => {
    expect(problems({ approvals: [g.approval("go", { by: lead, ...how })] })).toEqual(wanted);
  });
});

describe("one mistake is told once", () => {
  const tall = g.service("tall", { scale: { min: 5, max: 2 } });

  test("when every environment has it, of none", () => {
    expect(problems({ services: [tall], environments: { first: g.local(), second: g.local() } })).toEqual([
      "min-above-max services.tall.scale.min",
    ]);
  });

  test("when some have it, of those", () => {
    const set = [g.set(api, { scale: { min: 5 } })];
    expect(
      problems({ environments: { first: g.local({ overrides: set }), second: g.local({ overrides: set }), third: g.local() } }),
    ).toEqual(["min-above-max services.api.scale.min in first, second"]);
  });
});

describe("what is fine is let be", () => {
  test("an environment that mirrors production, which waits for it to be green", () => {
    const staging = g.local();
    const made = g.product("p", {
      services: [api],
      environments: {
        staging,
        prod: g.local({ mirrors: { environment: staging }, release: g.rolling({ requires: [staging.green] }) }),
      },
    });
    expect(checkSpec(made).problems).toEqual([]);
  });

  test("a database that production only connects to is backed up by whoever runs it", () => {
    const db = g.postgres("db", { version: 16, external: true });
    const prod = { prod: g.gcp("shop-prod", { production: true }) };
    expect(problems({ services: [g.service("api", { uses: [db] })], environments: prod })).toEqual([]);
  });

  test("burn rates that the target allows, and those that it does not", () => {
    const ops = g.channel.slack("#ops");
    const alert = (target: `${number}%`, factor: number) =>
      problems({
        watch: {
          alerts: [
            g.alert("burns", {
              when: g
                .slo("s", { of: g.errorRate(api), target, over: "30d" })
                .burnRate.over("1h")
                .above(factor),
              severity: "critical",
              to: ops,
            }),
          ],
        },
      });
    expect(alert("99.9%", 14.4)).toEqual([]);
    expect(alert("93.1%", 14.4)).toEqual([]);
    expect(alert("93%", 14.4)).toEqual(["never-fires alerts.burns.when.value in here"]);
    expect(alert("50%", 2)).toEqual(["never-fires alerts.burns.when.value in here"]);
  });
});

describe("what is wrong is told, however much of it there is", () => {
  const head = { schemaVersion: 1, name: "shop", services: { api: { kind: "service", uses: [] as object[] } } };

  test("several references of one list that lead nowhere", () => {
    const uses = ["resources.a", "resources.b", "resources.c"].map((ref) => ({ ref }));
    const { problems: found, environments } = checkData({
      ...head,
      services: { api: { kind: "service", uses } },
      environments: { here: { cloud: "local" } },
    });
    expect(found.map((one) => one.path)).toEqual([0, 1, 2].map((index) => `services.api.uses[${index}]`));
    expect(environments).toEqual([]);
  });

  test("a wrong word in a release hides nothing else of its environment", () => {
    const release = g.canary([{ to: "5%", bake: "15 minutes" as "15m" }]);
    const prod = g.gcp("shop-prod", { region: "nowhere" as "us-central1", release });
    expect(problems({ environments: { prod } })).toEqual([
      "bad-duration environments.prod.release.steps[0].bake",
      "unknown-region region in prod",
    ]);
  });

  test.each([
    ["a signal about nothing", { measure: "errorRate" }, "missing alerts.a.when.signal.of"],
    ["a metric without a name", { measure: "metric" }, "missing alerts.a.when.signal.metric"],
    ["PromQL without any", { measure: "promql" }, "missing alerts.a.when.signal.expression"],
    ["the burn rate of a service", { measure: "burnRate", of: { ref: "services.api" } }, "wrong-type alerts.a.when.signal.of"],
  ])("%s", (_what, signal, wanted) => {
    const when = { kind: "condition", is: "above", value: 1, signal: { kind: "signal", ...signal } };
    const alerts = { a: { severity: "info", to: [{ ref: "channels.c" }], when } };
    const data = {
      ...head,
      alerts,
      channels: { c: { kind: "slack", address: "#c" } },
      environments: { here: { cloud: "local" } },
    };
    expect(checkData(data).problems.map((one) => `${one.code} ${one.path}`)).toEqual([wanted]);
  });

  test("a signal where a condition belongs is one mistake, and so is the other way round", () => {
    const ops = g.channel.slack("#ops");
    const rate = g.errorRate(api).over("5m");
    const alert = g.alert("a", { when: rate as never, severity: "info", to: ops });
    expect(problems({ watch: { alerts: [alert] } })).toEqual(["wrong-type alerts.a.when"]);
    const slo = g.slo("s", { of: rate.above("2%") as never, target: "99%", over: "30d" });
    expect(problems({ watch: { slos: [slo] } })).toEqual(["wrong-type slos.s.of"]);
  });

  test("a cron job that never runs, a switch that leads nowhere, a flag set twice", () => {
    expect(problems({ services: [g.cron("tidy", {} as never)] })).toEqual(["missing services.tidy.schedule"]);
    expect(problems({ environments: { here: g.local(), there: g.either("cloud", {}) } })).toEqual([
      "bad-value environments.there.cases",
    ]);
    const f = g.flag("F");
    expect(problems({ environments: { here: g.local({ flags: [f.on, f.off] }) } })).toEqual([
      "duplicate-name environments.here.flags[1]",
    ]);
  });

  test("what an environment leaves out, and something there needs", () => {
    const store = g.bucket("store");
    const db = g.postgres("db", { version: 16, backup: { dump: "daily", to: store } });
    const user = g.service("user", { uses: [db] });
    expect(problems({ services: [user], environments: { here: g.local({ without: [store] }) } })).toEqual([
      "absent-here resources.db.backup.to in here",
    ]);
  });
});

describe("an override changes what it says, and nothing else", () => {
  const ops = g.channel.slack("#ops");
  const jobs = g.queue("jobs");
  const worker = g.worker("worker", { takes: jobs, stack: g.python("3.11", { framework: "arq" }) });
  const busy = g.alert("busy", {
    when: g.errorRate(api).over("5m").above("2%").withAtLeast(20).for("10m"),
    severity: "high",
    to: ops,
  });

  function resolved(...overrides: ReturnType<typeof g.set>[]) {
    const made = g.product("p", {
      services: [api, worker],
      watch: { alerts: [busy] },
      environments: { here: g.local({ overrides }) },
    });
    const { problems: found, environments } = checkSpec(made);
    expect(found).toEqual([]);
    return environments[0];
  }

  test("a condition is replaced whole", () => {
    const waiting = {
      kind: "condition",
      is: "above",
      value: 100,
      signal: { kind: "signal", measure: "queueDepth", of: { ref: "resources.jobs" } },
    };
    expect(resolved(g.set(busy, { when: g.queueDepth(jobs).above(100) }))?.alerts["busy"]?.when).toEqual(waiting);
    const first = g.set(busy, { when: g.latency(api).over("5m").p99.above("2s").for("1m") });
    expect(resolved(first, g.set(busy, { when: g.queueDepth(jobs).above(100) }))?.alerts["busy"]?.when).toEqual(waiting);
  });

  test("so is a stack", () => {
    expect(resolved(g.set(worker, { stack: g.python("3.12") }))?.services["worker"]?.stack).toEqual({
      language: "python",
      version: "3.12",
    });
  });

  test("a list is replaced, an object is changed", () => {
    const here = resolved(g.set(api, { paths: ["/b"], scale: { max: 3 } }), g.set(api, { scale: { min: 2 } }));
    expect(here?.services["api"]).toMatchObject({ paths: ["/b"], scale: { min: 2, max: 3 } });
  });
});

describe("what follows from the rest", () => {
  const cloud = (data: object, more: object = {}) =>
    checkData({ schemaVersion: 1, name: "p", environments: { prod: { cloud: "aws", account: "a", ...more } }, ...data })
      .environments[0];

  test("a worker may take from its queue, a subscriber may not publish, and an unknown way of using gives no right", () => {
    const jobs = g.queue("jobs", { engine: "sqs" });
    const events = g.topic("events");
    const made = g.product("p", {
      services: [g.worker("w", { takes: jobs, uses: [events.subscribe] }), g.service("s", { uses: [events.read] })],
      environments: { prod: g.aws("a") },
    });
    const services = checkSpec(made).environments[0]?.services;
    expect(services?.["w"]?.grants).toEqual([
      { role: "sns:Subscribe", on: "events" },
      { role: "sqs:ReceiveMessage,sqs:DeleteMessage", on: "jobs" },
    ]);
    expect(services?.["s"]?.grants).toEqual([]);
  });

  test.each([
    ["localhost:5000", "localhost:5000/api:<sha>"],
    ["registry.example.com/api-images", "registry.example.com/api-images/api:<sha>"],
    ["registry.example.com/<service>", "registry.example.com/api:<sha>"],
    ["registry.example.com/<project>/<service>:v1", "registry.example.com/a/api:v1"],
  ])("an image in %s is %s", (registry, image) => {
    const services = { api: { kind: "service", build: { context: "./api" } } };
    expect(cloud({ services, pipeline: { runsOn: ["github actions"], images: { registry } } })?.services["api"]?.image).toBe(
      image,
    );
  });

  test("the usual case of a switch is the first that was written, also when it is read back", () => {
    const drill = g.drill("d", { does: "restore" });
    const made = g.product("p", {
      services: [api],
      environments: { prod: g.either("cloud", { azure: g.azure("x"), aws: g.aws("x", { with: [drill] }) }) },
    });
    const { environments } = checkSpec(made);
    expect(environments.map((one) => [one.switches?.["cloud"], Object.keys(one.exercises)])).toEqual([
      ["azure", []],
      ["aws", ["d"]],
    ]);
  });

  test("a handle glued into text is refused in words", () => {
    const db = g.postgres("db", { version: 16 });
    expect(() => `${db.url as unknown as string}?ssl=1`).toThrow("cannot be glued into text");
    expect(() => `http://${g.secret("k") as unknown as string}`).toThrow("cannot be glued into text");
  });
});

describe("two files at one path are told before anything is written", () => {
  const onGcp = (names: readonly string[], more = {}) =>
    problems({ environments: Object.fromEntries(names.map((name) => [name, g.gcp(`shop-${name}`)])), ...more });

  test("environments that are called as folders of Terraform's", () => {
    expect(onGcp(["modules", "state", "dev"])).toEqual(["same-file environments.modules", "same-file environments.state"]);
    expect(onGcp(["modules"], { files: { root: "deploy", terraform: "deploy/envs" } })).toEqual([]);
    const infrastructure = { root: "infra/<environment>", modules: { folder: "infra/lib/modules" } };
    const pipeline = g.pipeline({ runsOn: ["github actions"], infrastructure });
    expect(onGcp(["modules", "lib"], { pipeline })).toEqual([]);
    expect(problems({ environments: { modules: g.local(), state: g.gcp("shop-state", { managed: "elsewhere" }) } })).toEqual([]);
  });

  test("policies that are called as one of Gantry's, or as each other", () => {
    const forbids = ["public bucket"] as const;
    const policies = [
      g.policy("terraform", { forbids, before: "apply" }),
      g.policy("one", { forbids, before: "apply", file: "p/one.rego" }),
      g.policy("two", { forbids, before: "apply", file: "./p/one.rego" }),
      g.policy("three", { forbids, before: "apply", file: "p/one_test.rego" }),
      g.policy("elsewhere", { engine: "sentinel", before: "apply", file: "p/one.rego" }),
    ];
    expect(onGcp(["dev"], { policies })).toEqual([
      "same-file policies.terraform",
      "same-file policies.three.file",
      "same-file policies.two.file",
    ]);
  });

  test("a check by the clock that is called as a workflow of Gantry's", () => {
    const drift = g.check("Drift", { on: g.onSchedule("0 6 * * 1"), steps: ["true"] });
    expect(onGcp(["dev"], { pipeline: g.pipeline({ runsOn: ["github actions"], checks: [drift] }) })).toEqual([
      "same-file checks.Drift",
    ]);
  });
});

describe("connections of a database", () => {
  const db = g.postgres("db", { version: 16 });
  const api = (max: number) => g.service("api", { uses: [db], pool: { max: 10 }, scale: { min: 1, max } });

  test("all pools at their most fit beside what is kept, and not one more", () => {
    const here = { here: g.gcp("shop-dev") };
    expect(problems({ services: [api(9)], environments: here })).toEqual([]);
    const more = g.worker("more", { uses: [db], pool: { max: 1 } });
    expect(problems({ services: [api(9), more], environments: here })).toEqual([
      "too-many-connections resources.db.maxConnections in here",
    ]);
  });

  test("blue-green has them twice; a job that runs by the clock has its own once", () => {
    const release = g.blueGreen({});
    expect(problems({ services: [api(4)], environments: { here: g.gcp("shop-dev", { release }) } })).toEqual([]);
    expect(problems({ services: [api(5)], environments: { here: g.gcp("shop-dev", { release }) } })).toHaveLength(1);
    const job = g.cron("job", { schedule: "0 6 * * 1", uses: [db], pool: { max: 10 } });
    expect(problems({ services: [api(4), job], environments: { here: g.gcp("shop-dev", { release }) } })).toEqual([]);
  });

  test("who only reads another database, or one that others run, is not counted", () => {
    const other = g.postgres("other", { version: 16, external: true });
    const reader = g.service("reader", { uses: [other], pool: { max: 100 }, scale: { min: 1, max: 9 } });
    expect(problems({ services: [api(9), reader], environments: { here: g.gcp("shop-dev") } })).toEqual([]);
  });
});

describe("what nothing makes on Azure", () => {
  const stores = [g.redis("cache", { version: 7 }), g.topic("news"), g.queue("mails")];

  test("is told of each, wherever it is used", () => {
    expect(problems({ resources: stores, environments: { here: g.azure("shop") } })).toEqual([
      "missing-resource resources.cache in here",
      "missing-resource resources.mails in here",
      "missing-resource resources.news in here",
    ]);
  });

  test("may be made elsewhere, on another cloud, or live in something that is", () => {
    const cache = g.redis("cache", { version: 7, external: true });
    expect(
      problems({
        resources: [cache, g.queue("mails", { on: cache })],
        environments: { here: g.azure("shop"), too: g.aws("shop") },
      }),
    ).toEqual([]);
    expect(problems({ resources: stores, environments: { here: g.aws("shop"), there: g.gcp("shop-dev") } })).toEqual([]);
    expect(problems({ resources: stores, environments: { here: g.azure("shop", { managed: "elsewhere" }) } })).toEqual([]);
  });
});

describe("how CloudWatch's alarms are written", () => {
  const onEks = { prod: g.aws("shop-prod", { runs: "eks" }) };
  const promql = { cloudwatch: "promql" } as const;

  test.each([
    ["where nothing is in AWS", { watch: { tools: promql } }, ["without-effect tools.cloudwatch"]],
    [
      "where other tools watch",
      { watch: { tools: { ...promql, metrics: ["prometheus"] } }, environments: onEks },
      ["without-effect tools.cloudwatch"],
    ],
    ["where it is one of the tools", { watch: { tools: { ...promql, metrics: ["cloudwatch"] } }, environments: onEks }, []],
    [
      "on ECS, whose releases ask it",
      { watch: { tools: promql }, environments: { prod: g.aws("shop-prod", { runs: "ecs" }) } },
      [],
    ],
    [
      "in a case of a switched environment",
      {
        watch: { tools: { ...promql, alerts: ["cloud"] } },
        environments: { prod: g.either("cloud", { aws: onEks.prod, azure: g.azure("shop-prod") }) },
      },
      [],
    ],
  ] as const)("%s", (_, options, wanted) => {
    expect(problems(options as Partial<Parameters<typeof g.product>[1]>)).toEqual(wanted);
  });
});
