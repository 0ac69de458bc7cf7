import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import * as gantryModule from "../src/spec/index.ts";
import { main, root, temporaryFolder } from "./support/gantry.ts";

// The code blocks of the docs are run, page by page, in their order:
// ts       collected until one exports a product; then that spec is checked, and is the folder's spec for what follows
// yaml     a product as plain data, checked
// console  lines with "$ " are run in that folder; what follows has to be what they print, "…" standing for anything
// json, sh in the README's two commands, and blocks without a language (pictures) are not run.

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(path.join(root, "docs")).map((name) => `docs/${name}`),
  ...readdirSync(path.join(root, "examples")).map((name) => `examples/${name}/README.md`),
].filter((name) => name.endsWith(".md") && name !== "docs/errors.md");

type Block = { readonly language: string; readonly text: string; readonly line: number };

function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? "",
    text: match[2] ?? "",
    line: text.slice(0, match.index).split("\n").length,
  }));
}

const everything = `import { ${Object.keys(gantryModule).join(", ")}, type GcpOptions, type AwsOptions } from "gantry";\n`;

function run(folder: string, line: string): { out: string; status: number | null } {
  const command = line.replace(/\bgantry\b/, `"${process.execPath}" "${main}"`);
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" },
  });
  return { out: stdout + stderr, status };
}

function matches(wanted: string, given: string): void {
  const pattern = wanted
    .trimEnd()
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*");
  expect(given.trimEnd()).toMatch(new RegExp(`^${pattern}$`));
}

describe.each(
  pages
    .map((page) => [page, blocksOf(page)] as const)
    .filter(([, blocks]) => blocks.some((block) => ["ts", "yaml", "console"].includes(block.language))),
)("%s", (page, blocks) => {
  test("its code does what the page says", () => {
    const example = /^examples\/[^/]+/.exec(page)?.[0];
    const folder = example ? path.join(root, example) : temporaryFolder();
    let collected = "";
    for (const block of blocks) {
      if (block.language === "ts") {
        collected += block.text;
        if (!block.text.includes("export default")) continue;
        writeFileSync(path.join(folder, "gantry.config.ts"), /^import /m.test(collected) ? collected : everything + collected);
        collected = "";
        const next = blocks[blocks.indexOf(block) + 1];
        if (next?.language !== "console")
          expect(run(folder, "gantry check"), `${page}:${block.line}`).toMatchObject({ status: 0 });
      }
      if (block.language === "yaml") {
        const other = temporaryFolder();
        writeFileSync(path.join(other, "gantry.yaml"), block.text);
        expect(run(other, "gantry check"), `${page}:${block.line}`).toMatchObject({ status: 0 });
      }
      if (block.language === "console") {
        const steps = block.text.split(/^\$ /m).slice(1);
        expect(steps.length, `${page}:${block.line} has a command`).toBeGreaterThan(0);
        for (const step of steps) {
          const [line = "", ...wanted] = step.split("\n");
          matches(wanted.join("\n"), run(folder, line).out);
        }
      }
    }
    expect(collected, "every fragment is part of a spec").toBe("");
  });
});

test("every spec on every page compiles with the published types", () => {
  const folder = temporaryFolder();
  const files: string[] = [];
  for (const page of pages) {
    let collected = "";
    for (const block of blocksOf(page).filter((one) => one.language === "ts")) {
      collected += block.text;
      if (!block.text.includes("export default")) continue;
      const name = `${page.replace(/\W/g, "-")}-${files.length}.ts`;
      const broken = collected.includes("heath:"); // the page about problems shows one
      writeFileSync(
        path.join(folder, name),
        (/^import /m.test(collected) ? "" : everything) + (broken ? collected.replace("heath:", "health:") : collected),
      );
      files.push(name);
      collected = "";
    }
  }
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: true,
    paths: { gantry: [path.join(root, "dist/spec/index.d.ts")] },
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  expect(
    spawnSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" }).stdout,
  ).toBe("");
  expect(files.length).toBeGreaterThan(3);
});

describe("docs/cli.md says of each command what its help says", () => {
  const page = readFileSync(path.join(root, "docs/cli.md"), "utf8");
  const told = (...args: string[]) => run(root, ["gantry", ...args].join(" ")).out;
  const commands = [...told("--help").matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? "");
  const optionsIn = (text: string) => [...text.matchAll(/(?<![\w-])(--[a-z][a-z-]*|-[a-z])\b/g)].map((match) => match[1] ?? "");
  const common = optionsIn(told("completion", "--help").split("Examples")[0] ?? "");
  const saidOnce = (line: RegExp): readonly string[] => line.exec(page)?.[1]?.match(/[a-z]+(?=`)/g) ?? [];
  const withSwitch = saidOnce(/^`--switch name=case` \(on (.*)\)/m);
  const withServer = saidOnce(/^`--server <url>`, `--product <name>` \(on (.*), and on$/m);

  test("each has its row, and there is no other", () => {
    const rows = [...page.matchAll(/^\| `gantry ([a-z]+)/gm)].map((match) => match[1] ?? "");
    expect([...new Set(rows)].toSorted()).toEqual(commands.toSorted());
    for (const option of common.filter((one) => one.startsWith("--"))) expect(page.split("\n| ")[0]).toContain(`\`${option}`);
  });

  test.each(commands)("%s: the same options", (command) => {
    const rows = page.split("\n").filter((line) => line.startsWith(`| \`gantry ${command}`));
    const written = [
      ...optionsIn(rows.join("\n")),
      ...(withSwitch.includes(command) ? ["--switch"] : []),
      ...(withServer.includes(command) ? ["--server", "--product"] : []),
    ];
    const help = told(command, "--help");
    const options = help.slice(help.indexOf("Options"), help.indexOf("Examples"));
    const heads = options.split("\n").flatMap((line) => optionsIn(/^ +(?:-[a-z], )?--[a-z-]+/.exec(line)?.[0] ?? ""));
    const own = (some: readonly string[]) => [...new Set(some)].filter((one) => !common.includes(one)).toSorted();
    expect(own(written)).toEqual(own(heads));
  });
});

describe("links", () => {
  const all = [...pages, "docs/errors.md", "CHANGELOG.md"];
  test.each(all)("%s leads nowhere that is not there", (page) => {
    const text = readFileSync(path.join(root, page), "utf8");
    const folder = path.dirname(path.join(root, page));
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      expect(existsSync(path.join(folder, target)), `${page} → ${target}`).toBe(true);
    }
  });
});
