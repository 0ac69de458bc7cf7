import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/rehearse/page/page.ts";
import { pageOf } from "../../src/rehearse/page/page.ts";
import { axeFinds, launchBrowser, overflowPx, watchedPage } from "../support/browser.ts";
import { exampleFile, gantry, temporaryFolder } from "../support/gantry.ts";

const spec = ["-c", exampleFile("bytereview")];

/** As somebody sees it whose browser runs no scripts: on a phone, with all that it asks for and complains of. */
async function opened(file: string) {
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    const { page, complaints } = await watchedPage(context);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    const heading = await page.locator("h1").innerText();
    const tooWidePx = await overflowPx(page);
    // What looks for what is hard to use needs scripts itself.
    const scripted = await browser.newPage();
    await scripted.goto(pathToFileURL(file).href);
    return { heading, asked, tooWidePx, finds: await axeFinds(scripted), complaints };
  } finally {
    await browser.close();
  }
}

describe("gantry rehearse", () => {
  test("the same seed gives the same bytes in another process and with any number of threads; another seed does not", async () => {
    const given = [
      "rehearse",
      "prod",
      "api",
      ...spec,
      "--fault",
      "errors=1%",
      "--traffic",
      "20rps",
      "-n",
      "6",
      "--json",
      "--seed",
    ];
    const [one, two, three, other] = await Promise.all(
      [["7"], ["7", "--threads", "2"], ["7", "--threads", "5"], ["8"]].map((more) => gantry([...given, ...more])),
    );
    expect(one).toMatchObject({ status: 0, err: "" });
    expect([two?.out, three?.out]).toEqual([one?.out, one?.out]);
    expect(other?.out).not.toBe(one?.out);
    const report = JSON.parse(one?.out ?? "") as Report;
    expect(report.cases[0]?.summary.runs).toBe(6);
    expect(report.command).toBe("gantry rehearse prod api --fault errors=1% --traffic 20rps -n 6 --seed 7");
  });

  test("advice is the same bytes with any number of threads", async () => {
    const given = "--fault errors=0.5% --traffic 0.5rps -n 8 --advise --json --threads".split(" ");
    const [one, three] = await Promise.all(
      ["1", "3"].map((threads) => gantry(["rehearse", "prod", "-c", exampleFile("codementor"), ...given, threads])),
    );
    expect(one).toMatchObject({ status: 0, err: "" });
    expect((JSON.parse(one?.out ?? "") as Report).advice).toMatchObject([
      { kind: "cannot tell", says: "at 0.5rps this policy cannot tell; nor can it at 128rps" },
    ]);
    expect(three).toEqual(one);
  });

  test("one run is a timeline, and says what was taken to be so", async () => {
    const { out, status } = await gantry(["rehearse", "prod", ...spec, "--fault", "crash-at-start"]);
    expect(status).toBe(0);
    expect(out).toMatch(/^bytereview prod: crash-at-start in api, at 50rps\n/);
    expect(out).toMatch(/\+00:\d\d:\d\d +0% {2}goes back: api v2 was restarted 4 times/);
    expect(out).toMatch(/It was not released: nobody was sent to it\.\n {2}taken to be so: the check pytest has passed/);
  });

  test("two policies under the same circumstances, with the difference and a page", async () => {
    const folder = temporaryFolder();
    const text = readFileSync(exampleFile("codementor"), "utf8");
    const other = path.join(folder, "gantry.config.ts");
    writeFileSync(other, text.replaceAll("../shared/", `${path.dirname(exampleFile("codementor"))}/../shared/`));
    const html = path.join(folder, "page.html");
    const ran = await gantry([
      "rehearse",
      "prod",
      "-c",
      exampleFile("codementor"),
      "-n",
      "3",
      "--against",
      other,
      "--html",
      html,
    ]);
    expect(ran.status).toBe(0);
    expect(ran.out).toMatch(/there against here +0 % \(.*no difference that these runs could tell/);
    expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>/);
    expect(await opened(html)).toEqual({
      heading: expect.stringMatching(/^Rehearsal of /) as string,
      asked: [pathToFileURL(html).href],
      tooWidePx: 0,
      finds: [],
      complaints: [],
    });
  });

  test.each([
    [["prod", "--fault", "boom"], "unknown-fault"],
    [["prod", "--traffic", "/no/such/file"], "unknown-traffic"],
    [["prod", "--fault", "web:errors=1%"], "unknown-service"],
    [["prod", "webb"], "unknown-service"],
    [["nowhere"], "unknown-environment"],
    [[], "usage"],
    [["prod", "-n", "0"], "usage"],
    [["prod", "--start", "tomorrow"], "usage"],
    [["prod", "--approvals", "soon"], "usage"],
  ])("%j is refused as %s", async (args, code) => {
    const { status, out } = await gantry(["rehearse", ...args, ...spec, "--json"]);
    expect([status, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([2, code]);
  });
});

test("a page has nothing in it that a name could make into markup, and loads nothing", () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='a'>\u202e`;
  const estimate = { value: 0.5, from: 0.1, to: 0.9 };
  const spread = { of: 3, median: { value: 9_000, from: -Infinity, to: Infinity }, p95: { value: 9_000, from: 1, to: 2 } };
  const page = pageOf({
    product: evil,
    seed: 1,
    runs: 3,
    command: evil,
    advice: [
      {
        kind: "cannot tell",
        says: evil,
        found: { before: estimate, after: estimate },
        mistakes: { before: estimate, after: estimate },
      },
    ],
    assumed: [evil],
    cases: [
      {
        environment: evil,
        policy: evil,
        faults: [evil],
        traffic: evil,
        takenBackBy: [[60_000, 0.5]],
        summary: {
          runs: 3,
          healthy: estimate,
          takenBack: estimate,
          takenBackTimes: 1,
          notReleased: estimate,
          causes: [{ cause: "watch", chance: estimate, times: 1 }],
          detectedAfterMs: spread,
          requests: spread,
          errors: spread,
          excess: spread,
          users: spread,
        },
      },
    ],
  });
  expect(page).not.toMatch(/<script|<img|onerror='|javascript:|\u202e/);
  expect(page).toContain("&#60;script&#62;");
  expect(page).not.toMatch(/<[^>]*\b(?:src|href)=|url\(|@import|https?:/);
  expect(page).toContain("prefers-color-scheme:dark");
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});
