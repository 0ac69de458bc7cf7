// From the verdict on a bad version to its last request: the moment that the release writes down as its decision, and the moment at which the
// last request that it got was sent to the gateway. And one command that goes back, as a whole process, from its start to its end.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import path from "node:path";
import { median, whole } from "../measure.mjs";
import { releasedShop } from "./shop.mjs";

const rounds = Number(process.env.GANTRY_BENCH_ROUNDS ?? 9);
const perSecond = 400;

export async function measureVerdict(say) {
  const shop = releasedShop();
  try {
    shop.gantry("up", "staging", "--speed", "300");
    const status = await shop.json("status", "staging");
    const { port } = status.environments[0].services.find((one) => one.service === "api");
    const tookMs = [];
    const hits = [];
    for (let round = 0; round < rounds; round += 1) {
      const version = `bad-${round}`;
      const file = path.join(shop.folder, "services/answers.ts");
      const text = readFileSync(file, "utf8").replace(/version = "[^"]*"/, `version = "${version}"`);
      writeFileSync(file, text.replace(/failingShare = [\d.]+/, "failingShare = 0.5"));
      const load = steady(port, version);
      const { out } = await shop.run("release", "api", "--to", "staging", "--wait", "--json");
      const lastMs = await load.stop();
      const { release } = JSON.parse(out);
      const verdict = release.record.find(({ what }) => what === "goes back");
      if (verdict === undefined || lastMs === undefined) throw new Error(`${version} was not taken back: ${out}`);
      tookMs.push(Math.max(0, lastMs - verdict.atMs));
      hits.push(release.exposure.api.requests);
      say(`${version}: ${whole(tookMs.at(-1))} from the verdict to the last request, which was the ${hits.at(-1)}th`);
    }
    return [
      await commands(shop, say),
      [
        "from the verdict to no traffic on a bad version, on the local platform",
        `${whole(median(tookMs))} (${whole(Math.min(...tookMs))} to ${whole(Math.max(...tookMs))})`,
        `${perSecond} requests/s, a fifth of them its own: one each ${1_000 / (perSecond / 5)} ms; it had ${median(hits)} of them`,
        "–",
        "under 250 ms",
        Math.max(...tookMs) < 250,
      ],
    ];
  } finally {
    shop.remove();
  }
}

/** Revisions that rest and have served well: one `gantry rollback` after the other starts the one before, and gives it all of the traffic. */
async function commands(shop, say) {
  const file = path.join(shop.folder, "services/answers.ts");
  for (let version = 0; version <= rounds; version += 1) {
    const text = readFileSync(file, "utf8").replace(/version = "[^"]*"/, `version = "good-${version}"`);
    writeFileSync(file, text.replace(/failingShare = [\d.]+/, "failingShare = 0"));
    shop.gantry("up", "staging", "--speed", "300");
  }
  const [tookMs, bareMs] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    await shop.json("rollback", "api", "--to", "staging", "--further");
    tookMs.push(performance.now() - from);
    const bare = performance.now();
    execFileSync(process.execPath, ["-e", "0"]);
    bareMs.push(performance.now() - bare);
    say(`gantry rollback: ${whole(tookMs.at(-1))}, bare Node ${whole(bareMs.at(-1))}`);
  }
  const [took, bare] = [median(tookMs), median(bareMs)];
  return [
    "`gantry rollback` to a revision that rests, whole process",
    `${whole(took)} (${whole(Math.min(...tookMs))} to ${whole(Math.max(...tookMs))})`,
    `bare \`node -e 0\`: ${whole(bare)}`,
    `${(took / bare).toFixed(2)} ×`,
    "under 1,500 ms",
    took < 1_500,
  ];
}

/** When the last request was sent that a version answered. */
function steady(port, version) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const under = new Set();
  const begun = performance.now();
  let [sent, lastMs] = [0, undefined];
  const one = () =>
    new Promise((resolve) => {
      const atMs = Date.now();
      const asked = request({ host: "127.0.0.1", port, path: "/", agent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part));
        response.once("end", () => {
          if (text.includes(`"${version}"`)) lastMs = Math.max(lastMs ?? 0, atMs);
          resolve();
        });
        response.once("error", resolve);
      });
      asked.once("error", resolve);
      asked.end();
    });
  const timer = setInterval(() => {
    for (const due = ((performance.now() - begun) / 1_000) * perSecond; sent < due; sent += 1) {
      const asking = one().finally(() => under.delete(asking));
      under.add(asking);
    }
  }, 2);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      agent.destroy();
      return lastMs;
    },
  };
}
