import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Verb, verbTitles } from "../../console/src/rollout/verbs.ts";
import { verb as verbSchema } from "../../src/api/schema/release.ts";
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
    const [up] = await Promise.all([project.run("up", "staging", "--speed", "60"), launch()]);
    expect(up.status, up.err).toBe(0);
    // What was released there stands by for some seconds only.
    await project.json("up", "held", "--speed", "600");
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
  const clicked = new Set<Verb>();
  /** Opens the dialog of a verb, reads what it says, and says it. */
  const verb = async (one: Verb, on: Page, { says, reason, as }: { says: RegExp; reason?: string; as?: string }) => {
    const name = verbTitles[one];
    await on.getByRole("button", { name, exact: true }).click();
    const dialog = on.getByRole("dialog");
    await dialog.getByText(says).waitFor();
    if (reason !== undefined) await dialog.getByRole("textbox").fill(reason);
    if (as !== undefined) await dialog.getByRole("combobox", { name: /In the name of/ }).selectOption(as);
    await dialog.getByRole("button", { name, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    clicked.add(one);
  };
  /** Nothing that axe finds, in either theme; and no wider than a phone. */
  const isSound = async (what: string) => {
    await page.locator("main [aria-busy]").waitFor({ state: "detached" });
    await page.emulateMedia({ colorScheme: "light" });
    expect(await axeFinds(page), `${what} in light`).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    // All else is the same whatever the colours are.
    expect(await axeFinds(page, ["color-contrast"]), `${what} in dark`).toEqual([]);
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await overflowPx(page), what).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1_280, height: 800 });
  };

  test("each page has nothing that axe finds, in both themes, and fits a phone", async () => {
    const pages = [
      "/",
      "/releases",
      "/events",
      "/alerts",
      "/logs",
      "/previews",
      "/rehearsals?environment=staging",
      "/spec?environment=staging&at=release.rollbackOn",
      "/environments/staging?service=api",
    ];
    for (const where of pages) {
      await go(where);
      await isSound(where);
    }
  });

  test("a demonstration's bad version is begun with one click, watched, and taken back; the page goes on saying why", async () => {
    const folder = versionBeside("bad", { failingShare: 0.6 });
    const offer = { name: "bad", title: "Release a bad version", says: "it fails", folders: [folder] };
    const demo = { schemaVersion: 1, pid: process.pid, product: "shop", environment: "staging", service: "api", offers: [offer] };
    writeFileSync(path.join(project.folder, ".gantry/demo.json"), JSON.stringify(demo));
    await go("/");
    await page.getByRole("button", { name: "Release a bad version" }).click();
    await page.getByRole("list", { name: "Steps" }).waitFor();
    await phase().filter({ hasText: "degraded" }).waitFor();
    rmSync(path.join(project.folder, ".gantry/demo.json"));
    // What is known afterwards is in the log, and not only in a page that has watched.
    await page.reload();
    await page.getByRole("heading", { name: "Taken back at step 2 of 4, 20%" }).waitFor();
    expect(await page.locator(".steps .turned").innerText()).toMatch(/20%[^]*taken back here, after/);
    const outcome = await page.locator(".outcome").innerText();
    expect(outcome).toMatch(/Said no\s+(?:error rate of api above 2%|the comparison)/);
    expect(outcome).toMatch(/Measured\s+.*\d/);
    expect(outcome).toMatch(/Hit\s+The new api failed \d+ of \d+ requests/);
    expect(await page.locator("[data-gate^=watch]").first().innerText()).toMatch(/fail|did not object|pass/);
    await until(
      "the tab tells it",
      () => page.title(),
      (title) => title.startsWith("■") && title.includes("taken back"),
    );
    expect(await page.locator("link[rel=icon]").getAttribute("href")).toContain("favicon-bad");
    await isSound("what was taken back");
    await page.locator("[data-gate^=watch] a").first().click();
    await page.locator("tr.chosen").first().waitFor();
    expect(await page.locator("tr.chosen").first().innerText()).toMatch(/environment staging\s+gantry\.config\.ts:\d+/);
  });

  test("verbs say what they will do, do it, and go back to where one was; a page that is behind is refused and told", async () => {
    writeVersion(project, "two");
    const { id } = await release("api", "--to", "staging");
    await go(releasePage(id));
    await page.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
    await page.getByRole("button", { name: "Pause", exact: true }).press("Enter");
    await page.getByRole("dialog").getByText("Stays where it is").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Pause");
    expect(await phase().innerText()).toContain("progressing");
    await verb("pause", page, { says: /stays where it is/i, reason: "lunch" });
    await phase().filter({ hasText: "paused" }).waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toMatch(/^Pause: It stays as it is/);
    await verb("resume", page, { says: /goes on/i });
    await phase().filter({ hasText: "progressing" }).waitFor();

    const behind = await openConsole(context, project);
    await go(releasePage(id), behind.page);
    await behind.page.getByRole("button", { name: "Promote", exact: true }).click();
    await verb("abort", page, { says: /takes it back: api to/i, reason: "not today" });
    await phase().filter({ hasText: "degraded" }).waitFor();
    await page
      .locator(".outcome")
      .getByText("root (logged in here)")
      .or(page.locator(".outcome").getByText(/Not today/i))
      .first()
      .waitFor();
    const dialog = behind.page.getByRole("dialog");
    await dialog.getByText(/It has gone on since this was opened: it is (?:reverting|degraded)/).waitFor();
    await dialog.getByRole("button", { name: "Promote", exact: true }).click();
    await behind.page
      .locator(".verbs .note.bad")
      .filter({ hasText: /Promote: It (?:is reverting|has ended)/ })
      .waitFor();
    await behind.page.close();

    await verb("retry", page, { says: /begins the same release anew/i });
    await page.waitForURL((url) => !url.hash.includes(id));
    await page.getByText("attempt 2").waitFor();
    await page.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
    await verb("promote-full", page, { says: /moves all traffic as soon as it is ready/i, reason: "it is known to be fine" });
    await phase()
      .filter({ hasText: /watching|healthy/ })
      .waitFor();
    await page.locator(".outcome").getByText("sent on past its gates: it is known to be fine").waitFor();
  });

  test("two people click at once: one is heard, the other is told what became of it", async () => {
    writeVersion(project, "three");
    const { id } = await release("api", "--to", "staging");
    const other = await openConsole(context, project);
    const both = [page, other.page];
    for (const one of both) {
      await go(releasePage(id), one);
      await one.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
      await one.getByRole("button", { name: "Promote", exact: true }).click();
      await one.getByRole("dialog").getByText("Skips the rest of the bake at 20%").waitFor();
    }
    clicked.add("promote");
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
    await phase()
      .filter({ hasText: /watching|healthy/ })
      .waitFor();
  });

  test("gates that nothing answers are skipped, with a reason that stays with them", async () => {
    await load.stop();
    writeVersion(project, "four");
    const { id } = await release("api", "--to", "staging");
    await go(releasePage(id));
    await page.locator(".steps .here").filter({ hasText: "20%" }).waitFor();
    await verb("promote", page, { says: /skips the rest of the bake/i });
    await verb("skip", page, { says: /goes on without: .*error rate of api above 2%/i, reason: "nobody asks it at night" });
    const gate = page.locator("[data-gate^='watch 1']");
    await gate.locator(".status", { hasText: "skipped" }).waitFor();
    await gate.getByText("Nobody asks it at night.", { exact: true }).waitFor();
    await phase()
      .filter({ hasText: /watching|healthy/ })
      .waitFor();
  });

  test("people of the role are asked: others see no button and why, one says no, one says yes, and it is rolled back", async () => {
    writeVersion(project, "asked first");
    const { id } = await release("api", "--to", "held");
    const { token } = await project.json<{ token: string }>("token", "create", "looks", "--may", "viewer:shop/*");
    const viewers = await browser.newContext({ extraHTTPHeaders: { authorization: `Bearer ${token}` } });
    const viewer = await viewers.newPage();
    await go(`/environments/held/releases/${id}`, viewer);
    await viewer
      .getByText("Approve, Reject: not for you, it takes the right to approve, which approver and admin have.")
      .waitFor();
    expect(await viewer.locator(".verbs button").count()).toBe(0);
    await go("/rehearsals?environment=held", viewer);
    await viewer.getByText(/Not for you to begin a rehearsal: it takes the right to release/).waitFor();
    expect(await viewer.getByRole("button", { name: "Rehearse" }).count()).toBe(0);
    await viewers.close();

    await go(`/environments/held/releases/${id}`);
    await verb("reject", page, { says: /says no for lead: it is taken back/i, reason: "not this week", as: "lead@shop.example" });
    await phase().filter({ hasText: "degraded" }).waitFor();
    await page
      .locator(".outcome")
      .getByText("lead@shop.example (said to be)")
      .or(page.locator(".outcome").getByText(/lead@shop\.example rejected it: not this week/i))
      .first()
      .waitFor();

    writeVersion(project, "asked again");
    const { id: next } = await release("api", "--to", "held");
    await go(`/environments/held/releases/${next}`);
    await verb("approve", page, { says: /says yes for lead \(1 of 1\); then it goes on/i, as: "lead@shop.example" });
    await phase().filter({ hasText: "healthy" }).waitFor();
    await verb("rollback", page, { says: /goes back: api to/i, reason: "it was the wrong one" });
    await page.waitForURL((url) => !url.hash.includes(next));
    await phase()
      .filter({ hasText: /watching|healthy/ })
      .waitFor();
    // What it brought serves no more: there is nothing to go back from there.
    await go(`/environments/held/releases/${next}`);
    await page.getByRole("heading", { name: "Released", exact: true }).waitFor();
    await page.getByRole("button", { name: "Roll back" }).waitFor({ state: "detached" });
  });

  test("every verb there is was clicked, and stands in the log with its reason and with who said it", async () => {
    expect([...clicked].toSorted()).toEqual(verbSchema.options.toSorted());
    const { items } = (await page.evaluate(
      "fetch('/v1/products/shop/events?limit=500&kinds=release').then((one) => one.json())",
    )) as {
      readonly items: readonly {
        readonly kind: string;
        readonly because?: string;
        readonly actor: { readonly kind: string; readonly name: string };
      }[];
    };
    const said = items
      .filter(({ actor }) => actor.kind === "person")
      .map(({ kind, because, actor }) => `${kind} ${actor.name} ${because ?? ""}`.trim());
    const who = userInfo().username;
    expect(said).toEqual(
      expect.arrayContaining([
        `release.paused ${who} lunch`,
        `release.resumed ${who}`,
        `release.aborted ${who} not today`,
        `release.promoted ${who}`,
        `release.promoted-full ${who} it is known to be fine`,
        `release.skipped ${who} nobody asks it at night`,
        "release.rejected lead@shop.example not this week",
        "release.approved lead@shop.example",
      ]),
    );
    // Retried and rolled back is by a release of its own.
    expect(said.filter((one) => one.startsWith(`release.started ${who}`)).length).toBeGreaterThanOrEqual(8);
    await go("/events?text=not+today");
    await page.getByText("not today").first().waitFor();
  });

  test("a rehearsal is begun, watched, and shown with its chances and where the truth lies", async () => {
    await go("/rehearsals?environment=staging&fault=errors%3D20%25&runs=60");
    await page.getByRole("button", { name: "Rehearse", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "errors=20% at 50rps, rehearsed for staging" }).waitFor();
    await page.locator(".figures").waitFor();
    const report = await page.locator("main").innerText();
    expect(report).toMatch(/\d+ %\s+found and taken back/);
    expect(report).toMatch(/Taken back\s+[\d.]+ % \([\d.]+–100 %\)/);
    expect(report).toMatch(/Time until it was known, median/);
    expect(report).toContain("gantry rehearse staging --fault errors=20%");
    await page.locator(".chart canvas").waitFor();
    await isSound("a rehearsal");
    await page.getByRole("link", { name: "All rehearsals of staging" }).click();
    await page.getByRole("link", { name: "errors=20%" }).click();
    await page.getByRole("button", { name: "Forget" }).click();
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByText("Nothing was rehearsed here yet.").waitFor();
    await page.getByLabel("What is wrong with it").fill("nonsense");
    await page.getByRole("button", { name: "Rehearse", exact: true }).click();
    await page
      .getByRole("alert")
      .filter({ hasText: /nonsense/ })
      .waitFor();
  });

  test("the spec says of each value where it was written, and what it is written over", async () => {
    await go("/spec?environment=staging");
    await page.getByRole("searchbox").fill("scale.max");
    const row = page.locator("[data-path='services.api.scale.max']");
    await row.getByText(/instead of/).waitFor();
    const line =
      readFileSync(path.join(project.folder, "gantry.config.ts"), "utf8")
        .split("\n")
        .findIndex((text) => text.includes("scale: { min: 2, max: 3 }")) + 1;
    expect(await row.innerText()).toMatch(new RegExp(`3\\s+product\\s+gantry\\.config\\.ts:${line}`));
    await page.getByRole("combobox", { name: "Written in" }).selectOption("default");
    await row.waitFor({ state: "detached" });
    await page.locator("[data-path='services.jobs.scale.max']").waitFor();
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
