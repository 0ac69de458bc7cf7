import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Release } from "../../src/delivery/release.ts";
import { axeFinds, browserPath, launchBrowser, overflowPx } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { root } from "../support/gantry.ts";
import { type Load, startLoad } from "../support/load.ts";
import { makeProject, processesOf, type Project, until } from "../support/platform.ts";
import { portOf, told, writeVersion } from "../support/releases.ts";

// The console as people have it: a real Chromium, a real server, real services behind a real gateway.

const title = browserPath === undefined ? "the console (skipped: no chromium on PATH)" : "the console";

describe.skipIf(browserPath === undefined)(title, { timeout: 120_000 }, () => {
  let project: Project;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let base: string;
  let complaints: readonly string[];
  let load: Load;

  beforeAll(async () => {
    project = makeProject("releases");
    const [up] = await Promise.all([project.run("up", "staging", "held", "--speed", "60"), launch()]);
    expect(up.status, up.err).toBe(0);
    load = startLoad(await portOf(project, "staging", "api"), 60);
    ({ page, base, complaints } = await openConsole(context, project));
  }, 120_000);

  afterAll(async () => {
    await load?.stop();
    await browser?.close();
    await project?.remove();
  }, 60_000);

  async function launch(): Promise<void> {
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
    context.setDefaultTimeout(45_000);
  }

  const go = async (where: string, on = page) => {
    await on.goto(`${base}/#${where}`);
    await on.getByRole("heading", { level: 1 }).waitFor();
  };
  const release = async (...args: string[]): Promise<Release> => (await told(project, "release", ...args)).release;
  const phase = (on = page) => on.locator("main .bar .status").first();
  const releasePage = (id: string) => `/environments/staging/releases/${id}`;
  const verb = async (name: string, on: Page, reason = "") => {
    await on.getByRole("button", { name, exact: true }).click();
    const dialog = on.getByRole("dialog");
    if (reason !== "") await dialog.getByRole("textbox").fill(reason);
    await dialog.getByRole("button", { name, exact: true }).click();
  };

  test("each page has nothing that axe finds, in both themes, and fits a phone", async () => {
    const pages = ["/", "/releases", "/events", "/alerts", "/logs", "/previews", "/spec", "/environments/staging?service=api"];
    for (const where of pages) {
      await go(where);
      await page.locator("main [aria-busy]").waitFor({ state: "detached" });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axeFinds(page), `${where} in ${colorScheme}`).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 800 });
      expect(await overflowPx(page), where).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1_280, height: 800 });
    }
  });

  test("a demonstration's bad version is begun with one click, watched, and taken back", async () => {
    const folder = versionBeside("bad", { failingShare: 0.6 });
    const offer = { name: "bad", title: "Release a bad version", says: "it fails", folders: [folder] };
    const demo = { schemaVersion: 1, pid: process.pid, product: "shop", environment: "staging", service: "api", offers: [offer] };
    writeFileSync(path.join(project.folder, ".gantry/demo.json"), JSON.stringify(demo));
    await go("/");
    await page.getByRole("button", { name: "Release a bad version" }).click();
    await page.getByRole("list", { name: "Steps" }).waitFor();
    await phase().filter({ hasText: "degraded" }).waitFor();
    await page.getByText("it is back").or(page.getByText("is back")).first().waitFor();
    expect(await axeFinds(page)).toEqual([]);
    // Whoever was not asked keeps no secret of it: the log has it, and the page that shows it.
    await go("/events?kind=release");
    await page.getByText("release.rolled-back").first().waitFor();
    await page
      .getByRole("list", { name: /Events/ })
      .getByText("api")
      .first()
      .waitFor();
  });

  test("verbs say what they will do, do it, and are written down", async () => {
    writeVersion(project, "two");
    const { id } = await release("api", "--to", "staging");
    await go(releasePage(id));
    await page.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByRole("dialog").getByText("Stays where it is").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Leave it" }).click();
    expect(await phase().innerText()).toContain("progressing");
    await verb("Pause", page, "lunch");
    await phase().filter({ hasText: "paused" }).waitFor();
    await verb("Resume", page);
    await phase().filter({ hasText: "progressing" }).waitFor();
    await verb("Abort", page, "not today");
    await phase().filter({ hasText: "degraded" }).waitFor();
    await verb("Retry", page);
    await page.waitForURL((url) => !url.hash.includes(id));
    await page.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
    await page.getByText("attempt 2").waitFor();
    await verb("Promote to the end", page, "it is known to be fine");
    await phase()
      .filter({ hasText: /watching|healthy/ })
      .waitFor();
    await verb("Abort", page, "back again").catch(async () => verb("Roll back", page, "back again"));
    await go("/events?text=not+today");
    await page.getByText("not today").first().waitFor();
  });

  test("two people click at once: one is heard, the other is told what became of it", async () => {
    writeVersion(project, "three");
    await until(
      "the release before has ended",
      () => project.json<{ releases: Release[] }>("rollout", "list", "--env", "staging"),
      ({ releases }) => releases.every(({ phase: one }) => one === "healthy" || one === "degraded" || one === "watching"),
    );
    const { id } = await release("api", "--to", "staging");
    const other = await openConsole(context, project);
    const both = [page, other.page];
    for (const one of both) {
      await go(releasePage(id), one);
      await one.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
      await one.getByRole("button", { name: "Promote", exact: true }).click();
    }
    await Promise.all(both.map((one) => one.getByRole("dialog").getByRole("button", { name: "Promote", exact: true }).click()));
    const said = await Promise.all(
      both.map((one) =>
        one
          .locator(".verbs [role=status]")
          .filter({ hasText: /Promote:/ })
          .innerText(),
      ),
    );
    const heard = said.filter((text) => text.includes("its gates are asked now"));
    const late = said.filter((text) => /no bake left|this was about step|nothing to promote|not there yet/i.test(text));
    expect([heard.length, late.length], said.join(" | ")).toEqual([1, 1]);
    expect(other.complaints).toEqual([]);
    await other.page.close();
  });

  test("an approval by link lets a release go on that the page waits with", async () => {
    writeVersion(project, "asked for");
    const { id } = await release("api", "--to", "held");
    await go(`/environments/held/releases/${id}`);
    await page.getByText("waits for lead").waitFor();
    const [link] = await until(
      "a link to decide by",
      async () => (await project.json<{ links: { url: string }[] }>("rollout", "status", id)).links,
      (links) => links.length > 0,
    );
    const lead = await context.newPage();
    await lead.goto(link?.url ?? "");
    await lead.getByLabel(/Your name/).fill("lead@shop.example");
    await lead.getByRole("button", { name: /approve|yes/i }).click();
    await lead.getByRole("heading", { name: /Decided/ }).waitFor();
    await lead.close();
    await phase()
      .filter({ hasText: /watching|healthy/ })
      .waitFor();
  });

  test("a server that dies is said to be gone; what was known stays, and it goes on without a reload", async () => {
    await go("/");
    await page.evaluate("globalThis.same = true");
    const server = processesOf(project.folder).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js"),
    );
    expect(server).toHaveLength(1);
    for (const pid of server) process.kill(pid, "SIGKILL");
    await page.getByText(/Not connected since/).waitFor();
    expect(await page.getByRole("table").innerText()).toContain("api");
    expect(await axeFinds(page)).toEqual([]);
    await project.json("status");
    await page.getByText(/Not connected since/).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Events" }).click();
    const before = await page.locator(".timeline li").count();
    await project.json("alerts", "--env", "staging");
    await project.run("restart", "staging", "api");
    writeVersion(project, "four");
    await release("api", "--to", "held");
    await until(
      "what happened since is shown",
      () => page.locator(".timeline li").count(),
      (count) => count > before,
    );
    expect(await page.evaluate("globalThis.same")).toBe(true);
  });

  test("the palette finds an environment, a service and a verb; keys lead to pages", async () => {
    await go("/");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("held");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "held" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    expect(await axeFinds(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("the page's own log has no complaint, and nothing that its policy refused", () => {
    expect(complaints.filter((text) => !/Failed to (?:fetch|load)|ERR_/.test(text))).toEqual([]);
  });

  /** Another version of the whole in a folder of its own. */
  function versionBeside(version: string, faults: { readonly failingShare: number }): string {
    const folder = path.join(path.dirname(project.folder), version);
    mkdirSync(folder);
    cpSync(path.join(root, "test/fixtures/releases"), folder, { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    writeVersion({ ...project, folder }, version, faults);
    return folder;
  }
});

describe.skipIf(browserPath === undefined)(
  "200 services (skipped where there is no chromium on PATH)",
  { timeout: 120_000 },
  () => {
    let project: Project;
    let browser: Browser;

    beforeAll(async () => {
      project = makeProject(undefined);
      symlinkSync(path.join(root, "node_modules"), path.join(project.folder, "node_modules"));
      writeFileSync(path.join(project.folder, "job.ts"), "export {};\n");
      writeFileSync(
        path.join(project.folder, "gantry.config.ts"),
        `import { cron, here, local, product } from "gantry";
       const jobs = Array.from({ length: 200 }, (_, n) => cron("job-" + String(n).padStart(3, "0"), { here: here("job.ts"), schedule: "0 3 1 1 *" }));
       export default product("many", { services: jobs, environments: { local: local({}) } });\n`,
      );
      const up = await project.run("up", "local");
      expect(up.status, up.err).toBe(0);
      browser = await launchBrowser();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await project?.remove();
    }, 60_000);

    test("are all there, and found by a part of their name", async () => {
      const { page, complaints } = await openConsole(await browser.newContext(), project);
      await until(
        "every service is shown",
        () => page.locator(".matrix tbody tr").count(),
        (count) => count === 200,
      );
      await page.getByRole("searchbox").fill("job-19");
      await until(
        "those that are called so",
        () => page.locator(".matrix tbody tr").count(),
        (count) => count === 10,
      );
      await page.setViewportSize({ width: 360, height: 800 });
      expect(await overflowPx(page)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    });
  },
);
