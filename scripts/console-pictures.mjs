// The pictures in docs/: the demonstration runs as `npm start` has it, of a copy of the example, and a browser goes through it as a person would.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const base = mkdtempSync(path.join(tmpdir(), "gantry-pictures-"));
const example = path.join(base, "bytereview");
for (const name of ["bytereview", "shared"]) {
  const own = path.join(root, "examples", name);
  const filter = (file) => ![".gantry", "infra", ".github"].includes(path.relative(own, file));
  cpSync(own, path.join(base, name), { recursive: true, filter });
}
symlinkSync(path.join(root, "node_modules"), path.join(base, "node_modules"));
for (const name of ["home", "run"]) mkdirSync(path.join(base, name), { mode: 0o700 });
const env = {
  ...process.env,
  HOME: path.join(base, "home"),
  XDG_CONFIG_HOME: path.join(base, "home/config"),
  XDG_RUNTIME_DIR: path.join(base, "run"),
};

const demo = spawn(process.execPath, ["scripts/run-demo.mjs", "--example", example], {
  cwd: root,
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = new Promise((resolve) => demo.once("close", resolve));
let browser;
try {
  const link = await linkOf(demo);
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  const page = await browser.newPage({ viewport: { width: 1_120, height: 760 } });
  page.setDefaultTimeout(120_000);
  await page.goto(link);
  const home = new URL(link).origin;
  const go = async (where) => {
    await page.goto(`${home}/#${where}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator("main [aria-busy]").waitFor({ state: "detached" });
  };
  const picture = async (name, height = 760) => {
    await page.setViewportSize({ width: 1_120, height });
    await page.mouse.move(0, 0);
    // What was measured until now is drawn.
    await page.waitForTimeout(2_500);
    await page.screenshot({ path: path.join(root, `docs/console-${name}.png`) });
  };

  await page.getByRole("button", { name: "Release a good version" }).waitFor();
  await picture("overview");
  await page.getByRole("button", { name: "Release a bad version" }).click();
  await page.getByRole("heading", { name: /^Taken back at/ }).waitFor();
  await picture("release", 1_180);
  await go("/alerts?environment=staging");
  await picture("alerts");
  await go("/logs?environment=staging&service=api");
  await page.getByRole("checkbox").check();
  // The newest ones are still on their way.
  await page
    .getByRole("button", { name: /^Trace/ })
    .nth(40)
    .click();
  await page.locator(".spans").waitFor();
  await picture("logs");
  await go("/spec?environment=staging&path=scale");
  await picture("spec");
  await go("/rehearsals?environment=staging&fault=errors%3D5%25&traffic=50rps");
  await page.getByRole("button", { name: "Rehearse", exact: true }).click();
  await page.locator(".figures").waitFor();
  await picture("rehearsal", 900);
} finally {
  await browser?.close();
  demo.kill("SIGINT");
  await ended;
  rmSync(base, { recursive: true, force: true });
}

function linkOf(child) {
  let said = "";
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      process.stdout.write(text);
      said += text;
      const [found] = /http:\/\/\S+\/login\/\S+/.exec(said.split("The console, by a link")[1] ?? "") ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error("the demonstration has ended")));
  });
}
