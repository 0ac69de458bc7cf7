import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scripts } from "../../src/synth/scripts/index.ts";
import { type CloudState, emptyCloud } from "../support/gcloud/cloud.ts";
import { type Kill, type Ran, type StandIn, startStandIn } from "../support/gcloud/stand-in.ts";
import { subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// The scripts that set codementor up, run against the stand-in for gcloud.

const folder = "infrastructure/gcp/scripts";
const asked = { BILLING_ACCOUNT: "000000-111111-222222", ORGANISATION_ID: "none" };

let files: Written;
let standIn: StandIn;
beforeAll(async () => {
  files = written(scripts(await subjectOf("codementor")));
  standIn = await startStandIn();
});
afterAll(async () => {
  files.remove();
  await standIn.stop();
});

type How = { readonly kill?: Kill; readonly env?: Readonly<Record<string, string>>; readonly input?: string };
const run = (name: string, words: readonly string[], cloud: CloudState, { env = {}, ...how }: How = {}): Promise<Ran> =>
  standIn.run(files.at(`${folder}/${name}`), words, cloud, { ...how, env: { ...asked, ...env } });
const deploy = (cloud: CloudState, environment = "dev", how: How = {}) =>
  run("deploy-all.sh", [`--environment=${environment}`, "--yes"], cloud, how);
const changesOf = ({ calls }: Ran) => calls.filter(({ change }) => change);

/** A password is another each time: what is compared has none. */
function comparable(cloud: CloudState): string {
  const text = JSON.stringify(cloud);
  const [password] = /\b[0-9a-f]{48}\b/.exec(text) ?? [];
  return password === undefined ? text : text.replaceAll(password, "<password>");
}

function good(ran: Ran): Ran {
  expect(ran, ran.stderr).toMatchObject({ status: 0, signal: null });
  return ran;
}

describe.each(["dev", "prod"])("deploy-all.sh for %s", (environment) => {
  test("makes everything in the first run, and changes nothing in the second", async () => {
    const cloud = emptyCloud();
    const first = good(await deploy(cloud, environment));
    expect(changesOf(first).length).toBeGreaterThan(30);
    const before = JSON.stringify(cloud);
    const second = good(await deploy(cloud, environment));
    expect(changesOf(second)).toEqual([]);
    expect(JSON.stringify(cloud)).toBe(before);
  });
});
