import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./support/gantry.ts";

type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const read = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), "utf8"));
const lock = (read("package-lock.json") as { packages: Readonly<Record<string, Locked>> }).packages;
const manifest = read("package.json") as {
  dependencies: object;
  devDependencies: object;
  bin: { gantry: string };
  exports: { ".": object };
};

describe("the lock", () => {
  test("holds the packages of every platform, so that it installs on each", () => {
    const names = new Set(Object.keys(lock).map((key) => key.slice(key.lastIndexOf("node_modules/") + "node_modules/".length)));
    const missing = Object.values(lock).flatMap((one) =>
      Object.keys(one.optionalDependencies ?? {}).filter((name) => !names.has(name)),
    );
    expect(missing).toEqual([]);
  });

  test("names no registry", () => {
    expect(Object.values(lock).flatMap((one) => one.resolved ?? [])).toEqual([]);
  });

  test("holds nothing for run time whose licence asks for more than a notice", () => {
    const free = ["MIT", "MIT-0", "ISC", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "0BSD"];
    const others = Object.entries(lock).filter(
      ([key, one]) => key !== "" && one.dev !== true && !free.includes(one.license ?? "none"),
    );
    expect(others).toEqual([]);
  });
});

describe("the package", () => {
  test("every dependency has its row in docs/dependencies.md", () => {
    const page = readFileSync(path.join(root, "docs/dependencies.md"), "utf8");
    for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)])
      expect(page, name).toContain(name);
  });

  test("what it points at is built, with the licences of what was built in", () => {
    for (const file of [manifest.bin.gantry, ...(Object.values(manifest.exports["."]) as string[]), "dist/run/LICENSES.txt"])
      expect(existsSync(path.join(root, file)), file).toBe(true);
    const licences = readFileSync(path.join(root, "dist/run/LICENSES.txt"), "utf8");
    for (const name of ["zod", "yaml", "magic-string"]) expect(licences).toContain(`${name} (`);
    const ofThePage = readFileSync(path.join(root, "dist/console/LICENSES.txt"), "utf8");
    for (const name of ["react", "react-dom", "scheduler", "uplot"]) expect(ofThePage).toContain(`${name} (`);
  });

  test("programs that import it get the builders", () => {
    const ran = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", `import { product } from "gantry"; console.log(typeof product)`],
      { cwd: root, encoding: "utf8" },
    );
    expect(ran.stdout).toBe("function\n");
  });
});
