import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestPostgres, startPostgres } from "../../test/support/examples-postgres.ts";
import { type Store, openStore } from "./store.ts";

let postgres: TestPostgres;
let client: Client;
let store: Store;
let number = 0;
beforeAll(async () => {
  postgres = await startPostgres();
  const url = (await postgres.database()).ownerUrl;
  store = await openStore(url);
  client = new Client({ connectionString: url });
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client.end();
  await store.close();
  await postgres.stop();
});

async function environment(): Promise<string> {
  const name = `env-${(number += 1)}`;
  await store.putEnvironment({ product: "shop", name, data: { z: 1, a: 2 }, speed: 1, ports: {}, state: "up" });
  return name;
}

const by = { kind: "person", name: "ada" };
function begin(environment: string, id = `r${(number += 1)}`) {
  return store.rehearsals.begin({ id, product: "shop", environment, asked: {}, by, runs: 10 });
}

test("one at a time for each environment, however many ask at once", async () => {
  const [one, other] = [await environment(), await environment()];
  const begun = await Promise.all(Array.from({ length: 10 }, () => begin(one)));
  expect(begun.filter(Boolean)).toHaveLength(1);
  expect(await begin(other)).toBe(true);
});

test("one of a server that has died has failed, and the next may begin; what that server says afterwards is not heard", async () => {
  const name = await environment();
  expect(await begin(name, "dead")).toBe(true);
  await client.query("update rehearsal set seen_at = now() - interval '31 seconds' where id = 'dead'");
  expect(await begin(name)).toBe(true);
  expect(await store.rehearsals.get("shop", name, "dead")).toMatchObject({
    state: "failed",
    because: expect.stringContaining("gone"),
  });
  expect([await store.rehearsals.progress("dead", 5), await store.rehearsals.end("dead", { state: "done", done: 10 })]).toEqual([
    false,
    false,
  ]);
});

test("of each environment the last twenty stay, of whichever others there are more; a report is kept to the byte", async () => {
  const [name, other] = [await environment(), await environment()];
  await begin(other, "others");
  await store.rehearsals.end("others", { state: "done", done: 10 });
  const report = '{"z":1,"a":[0.1,1e-7],"ok":true}';
  for (let index = 0; index < 25; index += 1) {
    const id = `kept-${index}`;
    expect(await begin(name, id)).toBe(true);
    await store.rehearsals.end(id, { state: "done", done: 10, report });
  }
  const rows = await store.rehearsals.list("shop", name);
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => `kept-${24 - index}`));
  expect(await store.rehearsals.list("shop", other)).toHaveLength(1);
  const row = await store.rehearsals.get("shop", name, "kept-24");
  expect(JSON.stringify(row?.report)).toBe(JSON.stringify(JSON.parse(report)));
  expect(await store.rehearsals.get("shop", other, "kept-24")).toBeUndefined();
});

test("with its environment they go, and whoever still rehearses hears that nobody waits", async () => {
  const name = await environment();
  await begin(name, "orphan");
  await store.removeEnvironment("shop", name);
  expect(await store.rehearsals.progress("orphan", 1)).toBe(false);
});

test("where an environment was written is known of exactly that one, in the order in which it was sent", async () => {
  const data = { b: { ref: "x" }, a: [1, 2] };
  await store.origins.put("shop", data, { known: "yes" });
  await store.putEnvironment({ product: "shop", name: "written", data, speed: 1, ports: {}, state: "up" });
  const row = (await store.environments("shop")).find(({ name }) => name === "written");
  expect(JSON.stringify(row?.data)).toBe(JSON.stringify(data));
  expect(await store.origins.of("shop", row?.data)).toEqual({ known: "yes" });
  expect(await store.origins.of("shop", { ...data, c: 3 })).toBeUndefined();
  expect(await store.origins.of("bank", data)).toBeUndefined();
  // Of each product fifty: those that are sent again stay.
  for (let index = 0; index < 60; index += 1) {
    await store.origins.put("shop", { index }, {});
    if (index % 10 === 0) await store.origins.put("shop", data, { known: "yes" });
  }
  expect(await store.origins.of("shop", data)).toEqual({ known: "yes" });
  expect(await store.origins.of("shop", { index: 1 })).toBeUndefined();
});
