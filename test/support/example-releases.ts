import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Change } from "../../src/delivery/release.ts";
import type { Project } from "./platform.ts";

/**
 * Another version of a service of an example, and nothing of its spec: its code says which version it is, and which of the faults that it
 * can have (`examples/shared/README.md`) it has.
 */
export function writeCode({ folder }: Pick<Project, "folder">, file: string, version: string, faults = ""): void {
  const path_ = path.join(folder, file);
  const lines = readFileSync(path_, "utf8").split("\n");
  const own = lines.filter((line) => !line.endsWith(mark));
  const said = `Object.assign(process.env, ${JSON.stringify({ CODE_VERSION: version, GANTRY_FAULTS: faults })}); ${mark}`;
  // Imports come first whatever stands before them; what they read of the environment they read when they are used.
  writeFileSync(path_, [said, ...own].join("\n"));
}

const mark = "// version";

/** What would be built of these services: what reports are about. */
export async function artifactsOf(project: Project, to: string, services: readonly string[], more: readonly string[] = []) {
  const { changes } = await project.json<{ readonly changes: readonly Change[] }>(
    "release",
    ...services,
    "--to",
    to,
    "--dry-run",
    ...more,
  );
  return [...new Set(changes.map(({ artifact }) => artifact))];
}

/** As CI reports: these checks have passed, for this very version. */
export async function reportPassed(project: Project, checks: readonly string[], artifacts: readonly string[]): Promise<void> {
  const about = artifacts.flatMap((artifact) => ["--for", artifact]);
  await Promise.all(checks.map((check) => project.json("report", check, "--passed", ...about)));
}

/**
 * The smoke tests that a spec names, which are no part of its folder here: each asks every service that has been released, as somebody would. What runs
 * against production says by a header that it is a smoke test.
 */
export function writeSmokeTests({ folder }: Pick<Project, "folder">, by: "playwright" | "npm"): void {
  const text = [
    "#!/usr/bin/env node",
    `const strict = process.argv.some((one) => one.includes("prod.config"));`,
    `const urls = Object.entries(process.env).filter(([name]) => name.startsWith("GANTRY_URL_"));`,
    `if (urls.length === 0) throw new Error("nobody says where it is");`,
    "for (const [name, url] of urls) {",
    `  const { status } = await fetch(url + "/api/v1/invoices", { headers: strict ? { "x-gantry-smoke": "1" } : {} });`,
    "  console.log(name, status);",
    "  if (status >= 500) process.exitCode = 1;",
    "}",
    "",
  ].join("\n");
  if (by === "playwright") {
    const bin = path.join(folder, "node_modules/.bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, "playwright.mjs"), text);
    writeFileSync(path.join(bin, "playwright"), `#!/bin/sh\nexec node "${bin}/playwright.mjs" "$@"\n`, { mode: 0o755 });
    const zap = {
      "@version": "2.15.0",
      site: [{ "@name": "http://localhost:8080", alerts: [{ alert: "X-Content-Type-Options", riskcode: "1", confidence: "2" }] }],
    };
    writeFileSync(path.join(folder, "zap.json"), JSON.stringify(zap));
    return;
  }
  writeFileSync(path.join(folder, "smoke.mjs"), text);
  const scripts = { "test:smoke": "node smoke.mjs", "test:integration": "node smoke.mjs" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "platform", private: true, scripts }));
}
