import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root, temporaryFolder } from "./support/gantry.ts";

/** Lints one file as if it stood in the repository. */
function lint(name: string, text: string): string {
  const folder = temporaryFolder();
  copyFileSync(path.join(root, ".oxlintrc.json"), path.join(folder, ".oxlintrc.json"));
  mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
  const ran = spawnSync(process.execPath, [path.join(root, "node_modules/oxlint/bin/oxlint"), "-f", "unix", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  return ran.stdout;
}

test.each([
  ["src/lib/x.ts", "../spec/node.ts"],
  ["src/spec/x.ts", "../load/load.ts"],
  ["src/spec/language/x.ts", "../../cli/main.ts"],
  ["src/synth/terraform/x.ts", "../../delivery/advance.ts"],
  ["src/delivery/x.ts", "../targets/local/start.ts"],
  ["src/delivery/x.ts", "../store/open.ts"],
  ["src/agent/x.ts", "../spec/node.ts"],
  ["src/rehearse/x.ts", "../control/engine.ts"],
  ["src/control/x.ts", "../cli/main.ts"],
  ["src/spec/x.ts", "node:fs"],
  ["src/delivery/x.ts", "node:timers"],
])("%s may not import %s", (file, imported) => {
  expect(lint(file, `import { x } from "${imported}";\nexport const y = x;\n`)).toContain("no-restricted-imports");
});

test.each([
  ["src/spec/x.ts", "../lib/text.ts"],
  ["src/rehearse/x.ts", "../delivery/advance.ts"],
  ["src/control/x.ts", "../targets/local/start.ts"],
  ["src/cli/x.ts", "../spec/node.ts"],
])("%s may import %s", (file, imported) => {
  expect(lint(file, `import { x } from "${imported}";\nexport const y = x;\n`)).not.toContain("no-restricted-imports");
});

test.each(["Date.now()", "Math.random()", "process.pid"])("the pure rooms know no %s", (expression) => {
  expect(lint("src/delivery/x.ts", `export const x = ${expression};\n`)).toMatch(/no-restricted-(?:properties|globals)/);
  expect(lint("src/control/x.ts", `export const x = ${expression};\n`)).not.toMatch(/no-restricted-(?:properties|globals)/);
});

test("a circle of imports is refused", () => {
  const folder = temporaryFolder();
  copyFileSync(path.join(root, ".oxlintrc.json"), path.join(folder, ".oxlintrc.json"));
  mkdirSync(path.join(folder, "src/lib"), { recursive: true });
  writeFileSync(path.join(folder, "src/lib/a.ts"), `import { b } from "./b.ts";\nexport const a = () => b;\n`);
  writeFileSync(path.join(folder, "src/lib/b.ts"), `import { a } from "./a.ts";\nexport const b = () => a;\n`);
  const ran = spawnSync(process.execPath, [path.join(root, "node_modules/oxlint/bin/oxlint"), "-f", "unix", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(ran.stdout).toContain("import(no-cycle)");
});
