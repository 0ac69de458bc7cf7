// The console in the browser that is here: what it loads, how soon it can be used, and how soon an event is seen. The server is a real one with
// 200 services; they are jobs that run once a year, so that the figures are the page's and not those of 200 processes.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { bundled } from "./bundled.mjs";
import { median } from "./measure.mjs";
import { project } from "./platform.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const rounds = 15;
const services = 200;

export async function measureConsole(say) {
  const { onPath } = await bundled("src/targets/local/providers/on-path.ts");
  const executablePath = onPath(["chromium", "chromium-browser", "google-chrome"]);
  if (executablePath === undefined) {
    say("skipped: there is no chromium on PATH");
    return [];
  }
  const one = project(writeProduct);
  let browser;
  try {
    one.gantry("up", "local");
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    const context = await browser.newContext();
    const page = await context.newPage();
    const loaded = [];
    page.on("response", (response) => loaded.push(response));
    await page.goto(JSON.parse(one.gantry("open", "--console", "--print", "--json").out).url);
    await shownAll(page);
    const files = loaded.filter((one) => one.status() === 200 && !new URL(one.url()).pathname.startsWith("/v1/"));
    const sizes = await Promise.all(files.map(async (one) => gzipSync(await one.body()).length));
    const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1_000;

    const ready = [];
    for (let round = 0; round < rounds; round += 1) {
      await page.reload({ waitUntil: "commit" });
      await shownAll(page);
      ready.push(await page.evaluate("performance.now()"));
    }
    const seen = await eventTimes(page);
    const list = (values) => `${Math.round(median(values))} ms (at most ${Math.round(Math.max(...values))} ms)`;
    return [
      [
        "first load of the console, gzipped",
        `${kilobytes.toFixed(0)} kB`,
        `${files.length} files`,
        "–",
        "under 200 kB",
        kilobytes < 200,
      ],
      [
        `from asking for the page until ${services} services are shown and can be filtered`,
        list(ready),
        `${rounds} times, with an empty memory of scripts`,
        "–",
        "under 1,000 ms",
        median(ready) < 1_000,
      ],
      [
        "from the moment that an event bears until it is in the page",
        list(seen),
        `${seen.length} events, begun by the same page`,
        "–",
        "under 200 ms",
        median(seen) < 200,
      ],
    ];
  } finally {
    await browser?.close();
    one.remove();
  }
}

/** A freeze of nothing that happens here is begun and seen in the timeline; both clocks are this machine's. */
async function eventTimes(page) {
  await page.evaluate("location.hash = '#/events'");
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  const at = "/v1/products/many/environments/local/freezes";
  return page.evaluate(
    async ({ path, times }) => {
      const ms = [];
      for (let round = 0; round < times; round += 1) {
        const because = `measured ${round} ${crypto.randomUUID()}`;
        const line = new Promise((resolve) => {
          const look = () => [...document.querySelectorAll(".timeline li")].find((one) => one.textContent.includes(because));
          const seen = new MutationObserver(() => {
            const found = look();
            if (found === undefined) return;
            seen.disconnect();
            resolve({ at: Date.parse(found.querySelector("time").dateTime), seen: Date.now() });
          });
          seen.observe(document.body, { subtree: true, childList: true, characterData: true });
        });
        const answer = await fetch(path, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ because, forMs: 60_000, stops: ["infrastructure"] }),
        });
        if (!answer.ok) throw new Error(await answer.text());
        const found = await line;
        ms.push(found.seen - found.at);
      }
      return ms;
    },
    { path: at, times: rounds },
  );
}

async function shownAll(page) {
  await page
    .locator(".matrix tbody tr")
    .nth(services - 1)
    .waitFor();
}

function writeProduct(base) {
  const folder = path.join(base, "many");
  mkdirSync(folder);
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  writeFileSync(path.join(folder, "job.ts"), "export {};\n");
  writeFileSync(
    path.join(folder, "gantry.config.ts"),
    `import { cron, here, local, product } from "gantry";
     const jobs = Array.from({ length: ${services} }, (_, n) => cron("job-" + n, { here: here("job.ts"), schedule: "0 3 1 1 *" }));
     export default product("many", { services: jobs, environments: { local: local({}) } });\n`,
  );
  return folder;
}
