import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Expression, Visitor, parseSync } from "oxc-parser";
import { describe, expect, test, vi } from "vitest";
import { errorTable } from "../src/lib/error-table.ts";
import { GantryError } from "../src/lib/errors.ts";
import type { Problem } from "../src/lib/problem.ts";
import { lineWithoutSecrets } from "../src/lib/secrets.ts";
import { loadSpec } from "../src/load/load.ts";
import * as gantryModule from "../src/spec/index.ts";
import { checkWhole } from "../src/cli/check-whole.ts";
import { scaffoldSpec } from "../src/cli/scaffold.ts";
import { gantry, root, temporaryFolder } from "./support/gantry.ts";

// docs/errors.md is the catalogue of everything that can go wrong, and these are its tests: each of its examples is a whole spec
// with exactly the problem that its section is about, and says in a comment where the problem is.

vi.hoisted(() => {
  process.env["GANTRY_SPEC_TIMEOUT_MS"] = "4000";
});

const catalogue = readFileSync(path.join(root, "docs/errors.md"), "utf8");
const everything = `import { ${Object.keys(gantryModule).join(", ")} } from "gantry";\n`;

type Wanted = { readonly line: number; readonly column: number; readonly words: string };
type Example = {
  readonly code: string;
  readonly kind: "ts" | "json" | "yaml";
  readonly text: string;
  readonly wanted: readonly Wanted[];
  readonly at: number;
};

const sections = catalogue
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ code: /^`(.+)`\n/.exec(text)?.[1] ?? text.split("\n", 1)[0] ?? "", text: text.split(/^## /m, 1)[0] ?? "" }));
const examples = sections.flatMap(examplesOf);

function examplesOf({ code, text }: { code: string; text: string }): Example[] {
  return [...text.matchAll(/^```(ts|json|yaml)\n([\s\S]*?)^```\n(?:<!-- line (\d+), column (\d+): (.*) -->)?/gm)].map(
    (match, index) => {
      const [, kind, spec = "", line, column, words = ""] = match;
      const behind = line === undefined ? [] : [{ line: Number(line), column: Number(column), words: words.trim() }];
      return { code, kind: kind as Example["kind"], text: spec, wanted: [...caretsOf(spec), ...behind], at: index + 1 };
    },
  );
}

/** A comment line with a caret speaks of the line above it. */
function caretsOf(spec: string): Wanted[] {
  const lines = spec.split("\n");
  return lines.flatMap((line, index) => {
    const match = /^(\s*(?:\/\/|#) *)\^ (.+)$/.exec(line);
    return match ? [{ line: index, column: (match[1]?.length ?? 0) + 1, words: match[2] ?? "" }] : [];
  });
}

async function problemsOf(file: string): Promise<readonly Problem[]> {
  try {
    return checkWhole(await loadSpec(file)).problems;
  } catch (error) {
    if (error instanceof GantryError && error.problems.length > 0) return error.problems;
    throw error;
  }
}

/** Places of a TypeScript example count from its own first line; the file as a whole stays line 1, column 1. */
function placeIn(problem: Problem, kind: Example["kind"]): { line: number; column: number } {
  const { line = 0, column = 0 } = problem.places[0] ?? {};
  return { line: kind === "ts" && !(line === 1 && column === 1) ? line - 1 : line, column };
}

describe("the catalogue", () => {
  test("has a section for every code, in the order of the table", () => {
    expect(sections.map((one) => one.code)).toEqual(Object.keys(errorTable));
  });

  test.each(sections.map(({ code, text }) => [code, text] as const))(
    "%s says its title, its statuses and what to do",
    (code, text) => {
      const row = errorTable[code];
      expect(text).toContain(`\n${row?.title}. Exit status ${row?.exit}, HTTP ${row?.http}.\n`);
      expect(text).toMatch(/\n\*\*What to do:\*\* \S/);
    },
  );

  test("shows an example of every code that a spec can bring about", () => {
    const shown = new Set(examples.map((one) => one.code));
    const withoutSpec = [
      "usage",
      "no-spec",
      "unknown-environment",
      "unknown-switch",
      "unknown-path",
      "would-overwrite",
      "bad-place",
      "outside-folder",
      "other-product",
      "nothing-written",
      "not-evaluated",
      "unknown-alert",
      "unknown-silence",
      "unknown-channel",
      "unknown-dashboard",
      "unknown-fault",
      "unknown-traffic",
      "unknown-expectation",
      "nothing-to-rehearse",
      "for-people",
      "interrupted",
      "internal",
      "build-failed",
      "nothing-here",
      "not-ready",
      "not-up",
      "game-day-on",
      "not-reachable",
      "no-holder",
      "leaving",
      "not-started",
      "not-removed",
      "at-limit",
      "no-room-yet",
      "unknown-revision",
      "unknown-version",
      "bad-report",
      "not-tried-again",
      "frozen",
      "nothing-to-return-to",
      "back-already",
      "moved-on",
      "still-needed",
      "unknown-snapshot",
      "only-here",
      "unknown-rehearsal",
      "unknown-freeze",
      "not-your-role",
      "not-signed-in",
      "no-right",
      "changed-since",
      "too-many",
      "key-used",
      "unknown-token",
      "unknown-preview",
      "unknown-service",
      "unknown-secret",
      "revision-changed",
      "still-serving",
      "bad-split",
      "fenced-off",
      "under-way",
      "unknown-run",
      "held-elsewhere",
      "broken-key",
      "broken-state",
      "newer-state",
      "unsafe-folder",
      "not-allowed",
      "port-taken",
      "no-postgres",
      "nobody-to-run-as",
      "postgres-does-not-start",
      "postgres-does-not-answer",
      "no-database",
      "database-exists",
      "database-in-use",
      "role-in-use",
      "no-extension",
      "unmigrated-table",
      "no-migrations",
      "migration-order",
      "migration-changed",
      "migration-commits",
      "migration-fails",
      "migration-syntax",
      "migration-unreadable",
      "migration-too-large",
      "migration-too-deep",
      "migration-half-done",
      "unknown-migration",
      "no-way-back",
      "bad-backfill",
      "locked-out",
      "other-history",
      "no-connection",
      "database-gone",
      "resources-config",
      "bad-log-name",
      "unknown-unit",
      "changed-unit",
      "bad-unit",
      "job-runs-once",
      "restart-failed",
      "supervisor-closed",
      "unreadable-spec",
      "unsound-spec",
      "not-text",
    ];
    expect(Object.keys(errorTable).filter((code) => !shown.has(code))).toEqual(withoutSpec);
  });
});

/** The codes that a file of the sources reports: what stands first in a call that reports, and whatever is called `code`. */
function codesOf(file: string): string[] {
  const found: string[] = [];
  const take = (node: Expression | null | undefined): void => {
    if (node?.type === "Literal" && typeof node.value === "string" && /^[a-z]+(?:-[a-z]+)*$/.test(node.value))
      found.push(node.value);
    if (node?.type === "ConditionalExpression") [node.consequent, node.alternate].forEach(take);
    if (node?.type === "LogicalExpression") [node.left, node.right].forEach(take);
  };
  const name = (node: Expression): string =>
    node.type === "Identifier"
      ? node.name
      : node.type === "MemberExpression"
        ? String("name" in node.property ? node.property.name : "")
        : "";
  new Visitor({
    CallExpression: ({ callee, arguments: [first] }) =>
      void (["report", "refuse", "problem"].includes(name(callee)) && first?.type !== "SpreadElement" && take(first)),
    NewExpression: ({ callee, arguments: [first] }) =>
      void (
        /^(?:User|Internal|Gantry|Retryable|Terminal|Conflict)Error$/.test(name(callee)) &&
        first?.type !== "SpreadElement" &&
        take(first)
      ),
    Property: ({ key, value }) => void (key.type === "Identifier" && key.name === "code" && take(value as Expression)),
    VariableDeclarator: ({ id, init }) => void (id.type === "Identifier" && id.name === "code" && take(init)),
  }).visit(parseSync(file, readFileSync(file, "utf8"), {}).program);
  return found;
}

describe("the codes in the sources", () => {
  const src = path.join(root, "src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const reported = new Set(files.flatMap((name) => codesOf(path.join(src, name))));

  test("are in the table, every one", () => {
    // "custom" is zod's own word.
    expect([...reported].filter((code) => !Object.hasOwn(errorTable, code) && code !== "custom")).toEqual([]);
  });

  test("are every one of the table", () => {
    expect(Object.keys(errorTable).filter((code) => !reported.has(code))).toEqual([]);
  });
});

describe("each example has the problem it is about, and no other", () => {
  test.each(examples.map((one) => [`${one.code} ${one.kind} ${one.at}`, one] as const))(
    "%s",
    async (_, { code, kind, text, wanted }) => {
      expect(wanted.length, "the example says where").toBeGreaterThan(0);
      const file = path.join(temporaryFolder(), kind === "ts" ? "gantry.config.ts" : `gantry.${kind}`);
      writeFileSync(file, kind === "ts" ? everything + text : text);
      const problems = await problemsOf(file);
      expect(problems.map((one) => ({ code: one.code, severity: one.severity, ...placeIn(one, kind) }))).toEqual(
        wanted.map(({ line, column }) => ({ code, severity: "error", line, column })),
      );
      for (const [index, { words }] of wanted.entries()) {
        expect(problems[index]?.message).toContain(words);
        expect(problems[index]?.hint).toBeTruthy();
      }
    },
  );
});

describe("what cannot be shown on a page", () => {
  const cases: [what: string, code: string, name: string, bytes: string | Buffer, words: string][] = [
    ["a NUL byte in TypeScript", "not-text", "gantry.config.ts", 'export default "\0";\n', "NUL byte"],
    ["a NUL byte in YAML", "not-text", "gantry.yaml", "name: shop\nx: \0\n", "NUL byte"],
    [
      "TypeScript in Latin-1",
      "not-text",
      "gantry.config.ts",
      Buffer.from('export default "caf\u00e9";\n', "latin1"),
      "not UTF-8",
    ],
    ["JSON in UTF-16", "not-text", "gantry.json", Buffer.from("{}", "utf16le"), "NUL byte"],
    ["5 MiB of TypeScript", "too-large", "gantry.config.ts", `// ${"x".repeat(5 * 2 ** 20)}\n`, "5.0 MiB"],
    [
      "a thousand brackets of TypeScript",
      "too-deep",
      "gantry.config.ts",
      `export default ${"[".repeat(1_001)}${"]".repeat(1_001)};\n`,
      "1000 levels",
    ],
    ["an expression without end", "too-deep", "gantry.config.ts", `export default ${"a => ".repeat(50_000)}1;\n`, "has no end"],
  ];

  test.each(cases)("%s is %s", async (_, code, name, bytes, words) => {
    const file = path.join(temporaryFolder(), name);
    writeFileSync(file, bytes);
    const problems = await problemsOf(file);
    expect(problems.map((one) => one.code)).toEqual([code]);
    expect(problems[0]?.message).toContain(words);
  });

  test("a byte order mark is no mistake", async () => {
    for (const [name, text] of [
      ["gantry.config.ts", `${everything}export default product("shop", { services: [], environments: { here: local() } });\n`],
      ["gantry.json", '{ "schemaVersion": 1, "name": "shop", "services": {}, "environments": { "here": { "cloud": "local" } } }'],
      ["gantry.yaml", "schemaVersion: 1\nname: shop\nservices: {}\nenvironments: { here: { cloud: local } }\n"],
    ] as const) {
      const file = path.join(temporaryFolder(), name);
      writeFileSync(file, `\ufeff${text}`);
      expect(await problemsOf(file), name).toEqual([]);
    }
  });
});

describe("all problems of a file are told in one run", () => {
  const spec = `const db = postgres("db", { version: 16, size: "db-custom-3-7680" });
const api = service("api", { prot: 80, uses: [db], scale: { min: 4, max: "x" } });
const ops = channel.slack("#ops");
export default product("shop", {
  services: [api, 5],
  watch: {
    alerts: [alert("errors", { when: errorRate(api).above("5%"), severity: "bad", to: ops })],
    slos: [slo("works", { of: errorRate(api), target: "100%", over: "30d" })],
  },
  environments: {
    dev: gcp("shop-prod", { logLevel: "verbose", region: "us-centrl1" }),
    prod: gcp("shop-prod", { production: true, budget: budget({ monthly: 100, to: [5] }), limits: { pods: 2 } }),
    broken: gcp("x", { production: true }),
  },
});
`;

  test("the shape's and the sense's, in the order of the file, and none that only follows from another", async () => {
    const file = path.join(temporaryFolder(), "gantry.config.ts");
    writeFileSync(file, everything + spec);
    expect((await problemsOf(file)).map((one) => `${(one.places[0]?.line ?? 0) - 1} ${one.code} ${one.path}`)).toEqual([
      "1 no-backup resources.db",
      "1 unknown-size resources.db.size",
      "2 unknown-key services.api.prot",
      "2 wrong-type services.api.scale.max",
      "5 wrong-type services[1]",
      "7 unknown-value alerts.errors.severity",
      "8 bad-target slos.works.target",
      "11 no-isolation environments.dev.project",
      "11 unknown-value environments.dev.logLevel",
      "11 unknown-region region",
      "12 wrong-type environments.prod.budget.to[0]",
      "12 limit-below-minimum limits.pods",
      "13 bad-value environments.broken.project",
    ]);
  });
});

describe("no message repeats a secret", () => {
  const secret = "hunter2-and-more";
  const specs: [where: string, spec: string][] = [
    ["a password", `postgres("db", { version: 16, password: "${secret}" })`],
    ["a key", `partner("pay", { key: "${secret}" })`],
    ["an object with a password", `postgres("db", { version: { password: "${secret}" } })`],
    [
      "a list at a name with token in it",
      `postgres("db", { version: 16, container: { image: "x", env: { API_TOKEN: ["${secret}"] } } })`,
    ],
    ["a URL with a password", `postgres("db", { version: "postgres://shop:${secret}@db/shop" })`],
  ];

  test.each(specs)("%s", async (_, resource) => {
    const folder = temporaryFolder();
    const file = path.join(folder, "gantry.config.ts");
    writeFileSync(
      file,
      `${everything}export default product("shop", { services: [], resources: [${resource}], environments: { local: local() } });\n`,
    );
    expect((await problemsOf(file)).length).toBeGreaterThan(0);
    const [text, json] = await Promise.all([gantry(["check"], { cwd: folder }), gantry(["check", "--json"], { cwd: folder })]);
    expect([text.status, json.status]).toEqual([2, 2]);
    expect(text.err + text.out + json.err + json.out).not.toContain("hunter2");
  });

  test.each([
    [`password: "abc", user: "abc"`, `password: "•••", user: "abc"`],
    [`env: { API_TOKEN: ['abc'], A: "b" }`, `env: { API_TOKEN: ['•••'], A: "b" }`],
    [`"apiKey": "abc"`, `"apiKey": "•••"`],
    [`DATABASE_URL: "postgres://a:b@c/d"`, `DATABASE_URL: "••••••••••••••••••"`],
    [`monkey: "abc"`, `monkey: "abc"`],
  ])("the line %s is shown as %s", (line, shown) => expect(lineWithoutSecrets(line)).toBe(shown));
});

describe("what the command line says", () => {
  function scaffolded(): string {
    const folder = temporaryFolder();
    writeFileSync(
      path.join(folder, "gantry.config.ts"),
      scaffoldSpec({ name: "shop", cloud: "gcp", database: "postgres", repository: undefined }),
    );
    return folder;
  }

  function argsOf(line: string): string[] {
    return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
  }

  const steps = sections.flatMap(({ code, text }) =>
    [...text.matchAll(/^```console\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
      block
        .split(/^\$ gantry /m)
        .slice(1)
        .map((step) => [code, step.split("\n", 1)[0] ?? "", step.split("\n").slice(1).join("\n")] as const),
    ),
  );

  test.each(steps)("%s: gantry %s", async (code, line, wanted) => {
    const ran = await gantry(argsOf(line), { cwd: scaffolded() });
    expect(ran).toEqual({ status: errorTable[code]?.exit, out: "", err: wanted });
  });

  test("the page shows all of them but those that nobody can bring about at will", () => {
    expect(new Set(steps.map(([code]) => code))).toEqual(
      new Set([
        "usage",
        "no-spec",
        "unknown-environment",
        "unknown-switch",
        "unknown-path",
        "would-overwrite",
        "nothing-written",
        "not-reachable",
        "unknown-fault",
        "unknown-traffic",
        "unknown-expectation",
      ]),
    );
  });

  const calls: [line: string, code: string, words: string][] = [
    ["--jsn", "usage", 'gantry has no command "--jsn"'],
    ["check --all=5", "usage", "gantry check: --all takes no value"],
    ["check --config", "usage", "gantry check: --config needs a value"],
    ["explain prod", "usage", "gantry explain needs <path>"],
    ["explain prod a b", "usage", "takes at most 2"],
    ["show prod --switch cloud", "usage", "--switch cloud says nothing"],
    ["completion powershell", "usage", "gantry knows no shell"],
    ["init --yes --cloud ibm x", "usage", '--cloud cannot be "ibm"'],
    ["init --yes --name A x", "usage", "cannot be a product's name"],
    ["init --yes --repository x x", "usage", "is no repository"],
    ["check -c .", "no-spec", "is not a file"],
    ["check -c README", "no-spec", "README does not exist"],
    ["check nowhere", "unknown-environment", 'there is no environment "nowhere"'],
    ["diff prod nowhere", "unknown-environment", 'there is no environment "nowhere"'],
    ["show prod 'alerts[1'", "unknown-path", "is no path"],
    ["explain prod services.api.nothing", "unknown-path", "services.api has no"],
    ["explain prod __proto__", "unknown-path", "this has no"],
  ];

  test.each(calls)("gantry %s is %s", async (line, code, words) => {
    const folder = scaffolded();
    const args = argsOf(line);
    const [text, json] = await Promise.all([gantry(args, { cwd: folder }), gantry([...args, "--json"], { cwd: folder })]);
    expect(text).toMatchObject({ status: errorTable[code]?.exit, out: "" });
    expect(text.err).toContain(words);
    expect(text.err).toContain("→");
    expect(text.err).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    const document = JSON.parse(json.out) as { ok: boolean; error: { code: string; message: string; hint: string } };
    expect(json.status).toBe(errorTable[code]?.exit);
    expect(document).toMatchObject({ ok: false, error: { code } });
    expect(document.error.message).toContain(words);
    expect(document.error.hint).toBeTruthy();
  });

  test("unsound-spec: show, explain and diff refuse a spec with problems, and tell them", async () => {
    const folder = temporaryFolder();
    writeFileSync(
      path.join(folder, "gantry.config.ts"),
      `${everything}export default product("shop", { services: [service("api", { prot: 1 })], environments: { prod: gcp("shop-prod") } });\n`,
    );
    for (const args of [
      ["show", "prod"],
      ["explain", "prod", "services"],
      ["diff", "prod", "prod"],
    ]) {
      const [text, json] = await Promise.all([gantry(args, { cwd: folder }), gantry([...args, "--json"], { cwd: folder })]);
      expect([text.status, text.out, json.status]).toEqual([2, "", 2]);
      expect(text.err).toContain('services.api has no "prot"');
      expect(JSON.parse(json.out)).toMatchObject({
        ok: false,
        error: { code: "unsound-spec" },
        problems: [{ code: "unknown-key" }],
      });
    }
  });

  test("unreadable-spec: what could not be read at all tells why", async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "gantry.config.ts"), "export default [;\n");
    const { status, out } = await gantry(["check", "--json"], { cwd: folder });
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: "unreadable-spec" }, problems: [{ code: "syntax" }] });
  });
});
