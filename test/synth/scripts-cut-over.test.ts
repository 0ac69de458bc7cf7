import { afterAll, beforeAll, expect, test } from "vitest";
import { scripts } from "../../src/synth/scripts/index.ts";
import { type CloudState, emptyCloud } from "../support/gcloud/cloud.ts";
import { type StandIn, startStandIn } from "../support/gcloud/stand-in.ts";
import { subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// infra/scripts/dns-cut-over.sh of bytereview, against the stand-in for gcloud.

let files: Written;
let standIn: StandIn;
beforeAll(async () => {
  files = written(scripts(await subjectOf("bytereview")));
  standIn = await startStandIn();
});
afterAll(async () => {
  files.remove();
  await standIn.stop();
});

const run = (cloud: CloudState, ...words: string[]) => standIn.run(files.at("infra/scripts/dns-cut-over.sh"), words, cloud);

/** Two load balancers, two zones that both fit, and services that run in both regions. */
function twoRegions({ ready = true } = {}): CloudState {
  const record = (host: string) => ({ name: `${host}.`, type: "A", ttl: 300, rrdatas: ["203.0.113.1"] });
  const service = (name: string) => ({ metadata: { name }, status: { conditions: [{ status: ready ? "True" : "False" }] } });
  const apis = Object.fromEntries(["compute", "dns", "run"].map((api) => [`${api}.googleapis.com`, true as const]));
  const things = {
    "compute addresses": {
      bytereview: { name: "bytereview", address: "203.0.113.1" },
      "bytereview-standby": { name: "bytereview-standby", address: "203.0.113.2" },
    },
    "dns managed-zones": {
      bytereview: { name: "bytereview", dnsName: "bytereview.ai." },
      api: { name: "api", dnsName: "api.bytereview.ai." },
      other: { name: "other", dnsName: "ew.ai." },
    },
    "dns record-sets": {
      "bytereview/app.bytereview.ai.": record("app.bytereview.ai"),
      "api/api.bytereview.ai.": record("api.bytereview.ai"),
    },
    "run services": { frontend: service("frontend"), api: service("api") },
  };
  return {
    ...emptyCloud(),
    projects: { "bytereview-prod": { projectId: "bytereview-prod", projectNumber: "1", name: "x", apis, things } },
  };
}
const addresses = (cloud: CloudState) =>
  Object.values(cloud.projects["bytereview-prod"]?.things["dns record-sets"] ?? {}).map((one) => String(one["rrdatas"]));

test("moves every name to the standby, once, and back", async () => {
  const cloud = twoRegions();
  const there = await run(cloud, "--yes");
  expect(there, there.stderr).toMatchObject({ status: 0 });
  expect(addresses(cloud)).toEqual(["203.0.113.2", "203.0.113.2"]);
  expect(there.stderr).toContain("Resolvers follow within 300 seconds");
  const again = await run(cloud, "--yes");
  expect(again.stderr).toContain("Nothing to move.");
  expect(again.calls.filter(({ change }) => change)).toEqual([]);
  expect((await run(cloud, "--to=primary", "--yes")).status).toBe(0);
  expect(addresses(cloud)).toEqual(["203.0.113.1", "203.0.113.1"]);
});

test("sends nobody to where nobody answers, unless told so", async () => {
  const cloud = twoRegions({ ready: false });
  const refused = await run(cloud, "--yes");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("frontend is not ready in us-east1");
  expect(addresses(cloud)).toEqual(["203.0.113.1", "203.0.113.1"]);
  expect((await run(cloud, "--yes", "--unchecked")).status).toBe(0);
});

test("asks, and only looks in a dry run", async () => {
  const cloud = twoRegions();
  expect(await run(cloud)).toMatchObject({ status: 2 });
  const dry = await run(cloud, "--dry-run");
  expect(dry.status).toBe(0);
  expect(dry.stderr).toContain("app.bytereview.ai: 203.0.113.1 to 203.0.113.2");
  expect(addresses(cloud)).toEqual(["203.0.113.1", "203.0.113.1"]);
  expect(await run(cloud, "--to=nowhere", "--yes")).toMatchObject({ status: 2, calls: [] });
  expect(await run(cloud, "--nonsense")).toMatchObject({ status: 2, calls: [] });
});

test("a cut-over struck at any call is completed by the next", async () => {
  const whole = twoRegions();
  const { calls } = await run(whole, "--yes");
  for (const [index] of calls.entries())
    for (const when of ["before", "after"] as const) {
      const cloud = twoRegions();
      await standIn.run(files.at("infra/scripts/dns-cut-over.sh"), ["--yes"], cloud, { kill: { call: index + 1, when } });
      expect((await run(cloud, "--yes")).status).toBe(0);
      expect(addresses(cloud)).toEqual(["203.0.113.2", "203.0.113.2"]);
    }
});
