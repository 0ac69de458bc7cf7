// A product with a thousand services: jobs that run once a year, so that the figures are the server's and not those of a thousand processes;
// and one that serves, so that releases have something to release.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export const product = "many";
export const environments = ["one", "two", "three", "four", "five"];
export const servicesEach = 200;
/** Where releases go. */
export const released = "live";

export function writeProduct(base) {
  const folder = path.join(base, product);
  mkdirSync(folder);
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  writeFileSync(path.join(folder, "job.ts"), "export {};\n");
  writeVersion(folder, "first");
  writeFileSync(
    path.join(folder, "gantry.config.ts"),
    `import { blueGreen, canary, cron, errorRate, gcp, healthy, here, product, service, slo } from "gantry";

const jobs = Array.from({ length: ${servicesEach} }, (_, n) => cron("job-" + n, { here: here("job.ts"), schedule: "0 3 1 1 *" }));
const api = service("api", { here: here("api.ts"), health: { path: "/health", start: "5s" }, scale: { min: 1, max: 3 }, drain: "1s" });
const works = slo("API works", { of: errorRate(api), target: "99.9%", over: "30d" });
const many = (name: string) => gcp("many-" + name, { domain: name + ".many.example", without: [api, works], release: blueGreen() });

export default product("${product}", {
  services: [...jobs, api],
  slos: [works],
  environments: {
    ${environments.map((name) => `${name}: many("${name}"),`).join("\n    ")}
    ${released}: gcp("many-${released}", {
      domain: "${released}.many.example",
      without: jobs,
      release: canary([{ to: "20%", bake: "1m" }, { to: "60%", bake: "1m" }], { after: [healthy(api, { tries: 5, every: "1s", inARow: 2 })] }),
    }),
  },
});
`,
  );
  return folder;
}

/** Another version of what serves. */
export function writeVersion(folder, version) {
  writeFileSync(
    path.join(folder, "api.ts"),
    `import { createServer } from "node:http";
createServer((_, response) => response.end(${JSON.stringify(version)})).listen(Number(process.env.PORT), "127.0.0.1");
`,
  );
}
