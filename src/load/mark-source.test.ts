import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import * as gantry from "../spec/index.ts";
import { checkProduct } from "../spec/check.ts";
import { originOf } from "../spec/explain.ts";
import { type Normalised, normalise } from "../spec/normalise.ts";
import { parsePath } from "../lib/paths.ts";
import { evaluateSpec } from "./evaluate.ts";

async function load(files: Readonly<Record<string, string>>): Promise<Normalised> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-places-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const file = path.join(folder, "gantry.config.ts");
  return normalise(await evaluateSpec(file, "gantry.config.ts", gantry), "gantry.config.ts");
}

/** «§» in a spec marks the place that the value at the path must be found at. */
async function expectPlace(files: Readonly<Record<string, string>>, environment: string, valuePath: string): Promise<void> {
  let wanted: string | undefined;
  const clean: Record<string, string> = {};
  for (const [name, text] of Object.entries(files)) {
    const at = text.indexOf("§");
    clean[name] = text.replace("§", "");
    if (at < 0) continue;
    const before = text.slice(0, at).split("\n");
    wanted = `${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  }
  const spec = await load(clean);
  const { environments, problems } = checkProduct(spec);
  expect(problems).toEqual([]);
  const resolved = environments.find((one) => one.environment === environment);
  const place = originOf(resolved ?? {}, parsePath(valuePath) ?? [], spec.sources)?.from.place;
  expect(place && `${path.basename(place.file)}:${place.line}:${place.column}`).toBe(wanted);
}

const wrap = (before: string, service: string, environment = "local()") =>
  `import { errorRate, alert, channel, local, product, service, set, worker, queue, bucket } from "gantry";
${before}
const api = ${service};
export default product("p", { services: [api], environments: { here: ${environment} } });`;

describe("every value knows where it was written", () => {
  const cases: [rule: string, files: Record<string, string>, path: string][] = [
    ["a scalar in an options object", { "gantry.config.ts": wrap("", `service("api", { port: §1234 })`) }, "services.api.port"],
    ["a nested object", { "gantry.config.ts": wrap("", `service("api", { scale: §{ min: 1, max: 2 } })`) }, "services.api.scale"],
    [
      "a value in a nested object",
      { "gantry.config.ts": wrap("", `service("api", {\n  scale: {\n    min: 1,\n    max: §2 } })`) },
      "services.api.scale.max",
    ],
    ["an item of a list", { "gantry.config.ts": wrap("", `service("api", { paths: ["/a", §"/b"] })`) }, "services.api.paths[1]"],
    [
      "an item behind a spread list",
      { "gantry.config.ts": wrap(`const more = ["/x", "/y"];`, `service("api", { paths: [...more, §"/b"] })`) },
      "services.api.paths[2]",
    ],
    [
      "an item of a spread list",
      { "gantry.config.ts": wrap(`const more = ["/x", §"/y"];`, `service("api", { paths: ["/a", ...more] })`) },
      "services.api.paths[2]",
    ],
    [
      "a spread object",
      { "gantry.config.ts": wrap(`const common = { port: §1234 };`, `service("api", { ...common, metrics: "/m" })`) },
      "services.api.port",
    ],
    [
      "a key that overrides a spread one",
      { "gantry.config.ts": wrap(`const common = { port: 1 };`, `service("api", { ...common, port: §1234 })`) },
      "services.api.port",
    ],
    [
      "two spreads, the second wins",
      { "gantry.config.ts": wrap(`const a = { port: 1 }; const b = { port: §2 };`, `service("api", { ...a, ...b })`) },
      "services.api.port",
    ],
    [
      "a computed key",
      { "gantry.config.ts": wrap(`const key = "port";`, `service("api", { [key]: §1234 })`) },
      "services.api.port",
    ],
    [
      "a helper's own literal",
      {
        "gantry.config.ts": wrap(
          `const make = (n: string, max: number) => service(n, { scale: { max: §max } });`,
          `make("api", 7)`,
        ),
      },
      "services.api.scale.max",
    ],
    [
      "an object that is handed to a helper",
      {
        "gantry.config.ts": wrap(`const make = (n: string, scale: object) => service(n, { scale });`, `make("api", { max: §7 })`),
      },
      "services.api.scale.max",
    ],
    [
      "an override",
      { "gantry.config.ts": wrap("", `service("api", { port: 1 })`, `local({ overrides: [set(api, { port: §2 })] })`) },
      "services.api.port",
    ],
    [
      "the later of two overrides of one thing",
      {
        "gantry.config.ts": wrap(
          "",
          `service("api")`,
          `local({ overrides: [set(api, { scale: { max: 3 } }), set(api, { scale: { max: §5 } })] })`,
        ),
      },
      "services.api.scale.max",
    ],
    [
      "the earlier of two overrides, where the later says nothing",
      {
        "gantry.config.ts": wrap(
          "",
          `service("api")`,
          `local({ overrides: [set(api, { scale: { max: §5 } }), set(api, { port: 3 })] })`,
        ),
      },
      "services.api.scale.max",
    ],
    [
      "a shorthand that is written out",
      { "gantry.config.ts": wrap("", `service("api", { health: §"/h" })`) },
      "services.api.health.path",
    ],
    [
      "another file",
      {
        "gantry.config.ts": wrap(`import { size } from "./size.ts";`, `service("api", { size })`),
        "size.ts": `export const size = {\n  cpu: §2 };`,
      },
      "services.api.size.cpu",
    ],
    [
      "a spec with characters beyond ASCII",
      { "gantry.config.ts": wrap(`const grüße = "é😀";`, `service("api", { title: "é😀", port: §1234 })`) },
      "services.api.port",
    ],
    [
      "a generic call, a cast and satisfies",
      {
        "gantry.config.ts": wrap(
          `const id = <T>(x: T): T => x;`,
          `id<ReturnType<typeof service>>(service("api", { port: §1234 as number } satisfies object))`,
        ),
      },
      "services.api.port",
    ],
  ];
  test.each(cases)("%s", async (_rule, files, valuePath) => {
    await expectPlace(files, "here", valuePath);
  });

  const watched = (when: string) =>
    `import { alert, channel, errorRate, local, product, service } from "gantry";
const api = service("api");
export default product("p", { services: [api], watch: { alerts: [alert("a", { when: ${when}, severity: "info", to: channel.slack("#x") })] }, environments: { here: local() } });`;
  test.each([
    ["the argument of a link of a chain", watched(`errorRate(api).over(§"5m").above("2%")`), "alerts.a.when.signal.over"],
    ["the last link of a chain", watched(`errorRate(api)\n  .over("5m")\n  .above(§"2%")`), "alerts.a.when.value"],
    ["a link behind another", watched(`errorRate(api).above(§"2%").for("1m")`), "alerts.a.when.value"],
  ])("%s", async (_rule, text, valuePath) => {
    await expectPlace({ "gantry.config.ts": text }, "here", valuePath);
  });

  test("a default has no place, and says that it is one", async () => {
    const spec = await load({ "gantry.config.ts": wrap("", `service("api")`) });
    const [environment] = checkProduct(spec).environments;
    expect(originOf(environment ?? {}, ["services", "api", "port"], spec.sources)?.from).toEqual({
      layer: "default",
      value: 8080,
    });
  });

  test("an override names what it overrode, the strongest first", async () => {
    const spec = await load({
      "gantry.config.ts": wrap("", `service("api", { port: 1 })`, `local({ overrides: [set(api, { port: 2 })] })`),
    });
    const [environment] = checkProduct(spec).environments;
    const origin = originOf(environment ?? {}, ["services", "api", "port"], spec.sources);
    expect([origin?.from, ...(origin?.overrode ?? [])].map((said) => [said?.layer, said?.value])).toEqual([
      ["environment here", 2],
      ["product", 1],
      ["default", 8080],
    ]);
  });
});

describe("the rewriting changes nothing about what a spec does", () => {
  test.each([
    ["optional chains", `const o: { f?: () => { n: number } } = { f: () => ({ n: 1 }) }; const port = o.f?.().n ?? 2;`],
    ["destructuring with defaults", `const { port = 1 }: { port?: number } = {}; const [a = port] = [] as number[]; void a;`],
    [
      "classes and super",
      `class A { n: number; constructor(n: number) { this.n = n; } } class B extends A { constructor() { super([1].length); } } const port = new B().n;`,
    ],
    [
      "tagged templates and regular expressions",
      "const tag = (s: TemplateStringsArray, ...v: number[]) => s.length + v.length; const port = tag`a${[0][0] ?? 0}`.valueOf() / 3 || /[{(]/.exec('x')?.length || 1;",
    ],
    ["spreads in calls", `const port = Math.max(...[1, ...[0]], ...new Set([1]));`],
    [
      "generators and async functions that are never awaited",
      `function* g() { yield [...[1]]; } const port = [...g()][0]?.[0]; void (async () => { await Promise.resolve({ ...{} }); });`,
    ],
    ["enums and namespaces", `enum E { A = 1 } const port = E.A;`],
    [
      "getters, methods and symbols in literals",
      `const o = { get a() { return [1][0]; }, m() { return { x: 1 }; }, [Symbol.iterator]: [].values, "b-c": 1 }; const port = o.m().x;`,
    ],
    ["a spread of nothing", `const port = { ...undefined, ...null, ...(false as unknown as object), a: 1 }.a;`],
  ])("%s", async (_what, before) => {
    const spec = await load({ "gantry.config.ts": wrap(before, `service("api", { port: port as number })`) });
    expect(checkProduct(spec).problems).toEqual([]);
    expect((spec.data["services"] as { api: { port: number } }).api.port).toBe(1);
  });
});
