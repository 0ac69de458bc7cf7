import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "vitest";
import * as gantryModule from "../src/spec/index.ts";
import { type CheckReport, gantry, temporaryFolder } from "./support/gantry.ts";

// Whatever a spec is, the answer is one clear one: exit status 2, a sentence, a hint, no stack, nothing written, and with --json one
// document on standard output. All of it through the built command line.

const everything = `import { ${Object.keys(gantryModule).join(", ")} } from "gantry";\n`;
const sound = `export default product("shop", { services: [], environments: { prod: gcp("shop-prod") } });\n`;
const withEnv = (env: string) =>
  `export default product("shop", { services: [service("api", { env: ${env} })], environments: { prod: gcp("shop-prod") } });\n`;
const deep = 100_000;
const rest = '"name": "shop", "environments": { "prod": { "cloud": "gcp", "project": "shop-prod" } }';

type Case = readonly [what: string, code: string, name: string, text: string | Buffer | undefined, words: string];

const cases: readonly Case[] = [
  ["a spec that throws", "spec-throws", "gantry.config.ts", `throw new Error("no luck");\n${sound}`, "no luck"],
  ["a spec that throws text", "spec-throws", "gantry.config.ts", `throw "no luck";\n${sound}`, "no luck"],
  ["a spec that throws nothing", "spec-throws", "gantry.config.ts", `throw undefined;\n${sound}`, "the spec threw"],
  [
    "an error whose stack throws",
    "spec-throws",
    "gantry.config.ts",
    `const e = new Error("no luck"); Object.defineProperty(e, "stack", { get() { throw 1; } }); throw e;\n`,
    "no luck",
  ],
  ["a recursion without end", "spec-throws", "gantry.config.ts", "const f = (): number => f();\nf();\n", "call stack"],
  [
    "a promise that is rejected behind its back",
    "spec-throws",
    "gantry.config.ts",
    `void Promise.reject(new Error("no luck"));\n${sound}`,
    "no luck",
  ],
  ["a spec that exports nothing", "exports-nothing", "gantry.config.ts", `console.log(1);\n`, "exports nothing"],
  [
    "a spec without a default export",
    "exports-nothing",
    "gantry.config.ts",
    sound.replace("default", "const shop ="),
    "only shop",
  ],
  ["a CommonJS spec that exports null", "exports-nothing", "gantry.config.js", "module.exports = null;\n", "exports nothing"],
  ["a spec that exports a promise", "exports-promise", "gantry.config.ts", "export default Promise.resolve(1);\n", "a promise"],
  ["a spec that exports a number", "not-a-product", "gantry.config.ts", "export default 42;\n", "42"],
  ["a spec that exports a class", "not-a-product", "gantry.config.ts", "export default class {}\n", "a function"],
  [
    "a spec that exports what looks like a product",
    "not-a-product",
    "gantry.config.ts",
    'export default { kind: "product", name: "shop" };\n',
    "an object",
  ],
  ["a syntax error", "syntax", "gantry.config.ts", "export default product(;\n", "unexpected"],
  ["a syntax error in JSON", "syntax", "gantry.json", '{ "name": shop }', "shop is no value of JSON"],
  ["a syntax error in YAML", "syntax", "gantry.yaml", "name: [shop\n", "no YAML"],
  ["a tag in YAML", "syntax", "gantry.yaml", 'name: !!js/function "x"\n', "tag"],
  ["two documents in YAML", "syntax", "gantry.yaml", "name: a\n---\nname: b\n", "one document"],
  [
    "an import that leads nowhere",
    "missing-import",
    "gantry.config.ts",
    'import { x } from "./nowhere.ts";\nexport default x;\n',
    "./nowhere.ts",
  ],
  [
    "an import of a package that is not there",
    "missing-import",
    "gantry.config.ts",
    'import x from "left-pad";\nexport default x;\n',
    "left-pad",
  ],
  ["a top-level await", "awaits", "gantry.config.ts", "export default await 1;\n", "await"],
  ["10 MB of TypeScript", "too-large", "gantry.config.ts", `// ${"x".repeat(1e7)}\n${sound}`, "MiB"],
  ["10 MB of YAML", "too-large", "gantry.yaml", `name: shop\nx: ${"x".repeat(1e7)}\n`, "9.5 MiB"],
  ["10 MB of JSON", "too-large", "gantry.json", JSON.stringify({ name: "x".repeat(1e7) }), "9.5 MiB"],
  ["an alias bomb", "too-large", "gantry.yaml", bomb(), "500,000"],
  [
    "aliases to one another's neighbours, far apart",
    "too-large",
    "gantry.yaml",
    `a: &a [1, 2]\nb: [${"*a,".repeat(250_000)} 1]\n`,
    "500,000",
  ],
  ["an alias to what it stands in", "cyclic-value", "gantry.yaml", "name: shop\nservices: &s\n  api: *s\n", "contains itself"],
  ["an alias to nothing", "syntax", "gantry.yaml", "name: *shop\n", "no anchor is named shop"],
  [
    "values that multiply in TypeScript",
    "too-large",
    "gantry.config.ts",
    `let v: unknown = "x";\nfor (let i = 0; i < 50; i++) v = [v, v];\n${withEnv("{ A: v }")}`,
    "500,000",
  ],
  ["a list with four thousand million holes", "too-large", "gantry.config.ts", withEnv("{ A: new Array(4e9) }"), "500,000"],
  [
    "half a million things that are all wrong",
    "too-large",
    "gantry.json",
    `{ "schemaVersion": 1, ${rest}, "services": { "api": { "kind": "service", "paths": [${"1,".repeat(400_000)}1] } } }`,
    "more is wrong",
  ],
  ["__proto__ in TypeScript", "forbidden-key", "gantry.config.ts", withEnv('{ ["__proto__"]: "x" }'), "__proto__"],
  [
    "__proto__ as a prototype in TypeScript",
    "not-data",
    "gantry.config.ts",
    withEnv('{ __proto__: { A: "x" } }'),
    "made from another",
  ],
  [
    "__proto__ as a service",
    "forbidden-key",
    "gantry.config.ts",
    `export default product("shop", { services: [service("__proto__")], environments: { prod: gcp("shop-prod") } });\n`,
    "__proto__",
  ],
  [
    "__proto__ in JSON",
    "forbidden-key",
    "gantry.json",
    `{ "schemaVersion": 1, "__proto__": { "polluted": true }, ${rest}, "services": {} }`,
    "__proto__",
  ],
  [
    "__proto__ in YAML",
    "forbidden-key",
    "gantry.yaml",
    "schemaVersion: 1\nname: shop\n__proto__: { polluted: true }\n",
    "__proto__",
  ],
  [
    "constructor as a key",
    "unknown-key",
    "gantry.json",
    `{ "schemaVersion": 1, "constructor": { "prototype": {} }, ${rest}, "services": {} }`,
    "constructor",
  ],
  ["a NUL byte in TypeScript", "not-text", "gantry.config.ts", `${sound}\0`, "NUL"],
  ["a NUL byte in JSON", "not-text", "gantry.json", '{ "name": "\0" }', "NUL"],
  ["a NUL byte in YAML", "not-text", "gantry.yaml", "name: \0\n", "NUL"],
  ["an image", "not-text", "gantry.yaml", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), "not text"],
  [
    "deep brackets in TypeScript",
    "too-deep",
    "gantry.config.ts",
    `export default ${"[".repeat(deep)}${"]".repeat(deep)};\n`,
    "levels deep",
  ],
  ["deep brackets that never close", "too-deep", "gantry.config.ts", `export default ${"(".repeat(deep)}`, "levels deep"],
  ["deep arrows", "too-deep", "gantry.config.ts", `export default ${"a=>".repeat(deep)}1;\n`, "no end"],
  ["deep conditions", "too-deep", "gantry.config.ts", `${"if(1)".repeat(deep)};\n`, "no end"],
  ["deep alternatives", "too-deep", "gantry.config.ts", `${"if(1);else ".repeat(deep)};\n`, "no end"],
  ["deep loops", "too-deep", "gantry.config.ts", `${"for(;;)".repeat(deep)};\n`, "no end"],
  ["a deep sum", "too-deep", "gantry.config.ts", `export default ${'"x"+'.repeat(deep)}1;\n`, "no end"],
  [
    "deep templates",
    "too-deep",
    "gantry.config.ts",
    `export default ${"`${".repeat(deep)}1${"}`".repeat(deep)};\n`,
    "levels deep",
  ],
  ["deep types", "too-deep", "gantry.config.ts", `type A = ${"B<".repeat(deep)}1${">".repeat(deep)};\n`, "no end"],
  ["deep signs", "too-deep", "gantry.config.ts", `export default ${"!".repeat(deep)}1;\n`, "no end"],
  ["deep brackets in JSON", "too-deep", "gantry.json", "[".repeat(deep) + "]".repeat(deep), "60 levels"],
  ["deep objects in JSON", "too-deep", "gantry.json", '{"a":'.repeat(deep) + "1" + "}".repeat(deep), "60 levels"],
  ["deep brackets in YAML", "too-deep", "gantry.yaml", "[".repeat(deep) + "]".repeat(deep), "60 levels"],
  ["deep lists in YAML", "too-deep", "gantry.yaml", `${"- ".repeat(deep)}a\n`, "60 levels"],
  [
    "deep indentation in YAML",
    "too-deep",
    "gantry.yaml",
    Array.from({ length: 700 }, (_, index) => `${" ".repeat(index)}a:\n`).join(""),
    "60 levels",
  ],
  [
    "an object that is too deep",
    "too-deep",
    "gantry.config.ts",
    `let v: unknown = 1;\nfor (let i = 0; i < 100; i++) v = { v };\n${withEnv("v")}`,
    "60 levels",
  ],
  ["an endless loop", "endless-spec", "gantry.config.ts", `for (;;);\n${sound}`, "still running after 1.5 seconds"],
  ["an endless getter", "endless-spec", "gantry.config.ts", withEnv("{ get A() { for (;;); } }"), "still running"],
  ["process.exit()", "spec-throws", "gantry.config.ts", `process.exit(0);\n${sound}`, "process.exit()"],
  [
    "process.exit() a moment later",
    "spec-throws",
    "gantry.config.ts",
    `queueMicrotask(() => process.exit(0));\n${sound}`,
    "process.exit()",
  ],
  ["a timer", "spec-throws", "gantry.config.ts", `setInterval(() => undefined, 10);\n${sound}`, "setInterval()"],
  ["a getter that throws", "spec-throws", "gantry.config.ts", withEnv('{ get A() { throw new Error("no luck"); } }'), "no luck"],
  [
    "a Proxy that throws",
    "spec-throws",
    "gantry.config.ts",
    withEnv('new Proxy({}, { ownKeys() { throw new Error("no luck"); } })'),
    "no luck",
  ],
  [
    "a Proxy that lies",
    "spec-throws",
    "gantry.config.ts",
    withEnv("new Proxy(Object.freeze({ A: 1 }), { ownKeys: () => [] })"),
    "proxy",
  ],
  [
    "a Proxy that was revoked",
    "spec-throws",
    "gantry.config.ts",
    `const { proxy: gone, revoke } = Proxy.revocable({}, {}); revoke();\n${withEnv("gone")}`,
    "proxy",
  ],
  [
    "a Proxy as the whole spec",
    "spec-throws",
    "gantry.config.ts",
    'export default new Proxy({}, { get() { throw new Error("no luck"); } });\n',
    "no luck",
  ],
  ["a spec that is a folder", "no-spec", "gantry.config.ts", undefined, "is not a file"],
  ["an empty file", "exports-nothing", "gantry.config.ts", "", "exports nothing"],
  ["an empty file of JSON", "syntax", "gantry.json", "", "the file is empty"],
  ["an empty file of YAML", "not-a-product", "gantry.yaml", "", "no product"],
  [
    "a spec printing to standard output",
    "unknown-key",
    "gantry.config.ts",
    `process.stdout.write("hello from stdout\\n");\nconsole.log("hello from the console");\n${withEnv("{}").replace("env:", "evn:")}`,
    "evn",
  ],
];

function bomb(): string {
  const names = "abcdefghij".split("");
  return names
    .map(
      (name, index) =>
        `${name}: &${name} [${
          index === 0
            ? "x,x,x,x,x,x,x,x,x"
            : Array(9)
                .fill(`*${names[index - 1]}`)
                .join(",")
        }]\n`,
    )
    .join("");
}

/** Programs get their document once for each code and kind of file; people get their answer each time. */
const firstOf = new Map(cases.map(([what, code, name]) => [`${code} ${name}`, what] as const).toReversed());

describe.concurrent("bad input has one clear answer", () => {
  test.for(cases)("%s: %s", async ([what, code, name, text, words], { onTestFinished, expect }) => {
    const folder = temporaryFolder(onTestFinished);
    const file = path.join(folder, name);
    if (text === undefined) mkdirSync(file);
    else
      writeFileSync(
        file,
        name.endsWith(".ts") && typeof text === "string" && text.includes("product(") ? everything + text : text,
      );
    const env = code === "endless-spec" ? { GANTRY_SPEC_TIMEOUT_MS: "1500" } : {};
    const told = await gantry(["check"], { cwd: folder, env });
    expect(told, told.err).toMatchObject({ status: 2, out: "" });
    expect(told.err).toContain(words);
    expect(told.err).toContain("→");
    expect(told.err).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    if (what === firstOf.get(`${code} ${name}`)) {
      const json = await gantry(["check", "--json"], { cwd: folder, env });
      const report = JSON.parse(json.out) as CheckReport;
      expect([json.status, report.ok]).toEqual([2, false]);
      expect([report.error?.code, ...report.problems.map((problem) => problem.code)]).toContain(code);
      expect(report.problems.every((problem) => problem.message !== "" && problem.hint)).toBe(true);
    } else expect(told.err).toMatch(new RegExp(`^(?:\\S+ error ${code}|error .*)$`, "m"));
    expect(readdirSync(folder)).toEqual([name]);
  });

  test("with --debug a spec that throws shows its stack", async ({ onTestFinished, expect }) => {
    const folder = temporaryFolder(onTestFinished);
    writeFileSync(path.join(folder, "gantry.config.ts"), 'throw new Error("no luck");\n');
    const { status, err } = await gantry(["check", "--debug"], { cwd: folder });
    expect(status).toBe(2);
    expect(err).toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  });

  test("a thousand problems are all told to programs, fifty to people", async ({ onTestFinished, expect }) => {
    const folder = temporaryFolder(onTestFinished);
    const services = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`api-${index}`, { kind: "service", prot: 1 }]),
    );
    writeFileSync(
      path.join(folder, "gantry.json"),
      JSON.stringify({ schemaVersion: 1, name: "shop", services, environments: { here: { cloud: "local" } } }),
    );
    const [told, all, json] = await Promise.all([
      gantry(["check"], { cwd: folder }),
      gantry(["check", "--all"], { cwd: folder }),
      gantry(["check", "--json"], { cwd: folder }),
    ]);
    expect([told.status, all.status, json.status]).toEqual([2, 2, 2]);
    expect(told.err).toContain("… and 950 more; --all shows every one");
    expect(told.err).toContain("1000 errors");
    expect(all.err.match(/has no "prot"/g)).toHaveLength(1_000);
    expect((JSON.parse(json.out) as CheckReport).problems).toHaveLength(1_000);
  });

  test("a sound spec that prints leaves standard output to the document", async ({ onTestFinished, expect }) => {
    const folder = temporaryFolder(onTestFinished);
    writeFileSync(
      path.join(folder, "gantry.config.ts"),
      `${everything}process.stdout.write("hello from stdout\\n");\nconsole.log("hello from the console");\n${sound}`,
    );
    const { status, out, err } = await gantry(["check", "--json"], { cwd: folder });
    expect([status, JSON.parse(out)]).toMatchObject([0, { ok: true }]);
    expect(err).toContain("hello from stdout");
    expect(err).toContain("hello from the console");
  });
});
