import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestPostgres, startPostgres } from "../../test/support/examples-postgres.ts";
import { type Store, openStore } from "./store.ts";

let postgres: TestPostgres;
let url: string;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
  url = (await postgres.database()).ownerUrl;
  store = await openStore(url);
}, 60_000);
afterAll(async () => {
  await store.close();
  await postgres.stop();
});

const event = (subject: string) => ({ product: "shop", kind: "test", actor: "gantry", subject });

test("what is written before and seen after another comes after it: whoever reads on misses nothing", async () => {
  const slow = new Client({ connectionString: url });
  await slow.connect();
  try {
    await slow.query("begin");
    await slow.query("insert into event (product, kind, actor, subject) values ('shop', 'test', 'gantry', 'slow')");
    await store.addEvent(event("quick"));
    await store.feed.place();
    const first = await store.feed.after("0", 10);
    expect(first.map(({ subject }) => subject)).toEqual(["quick"]);
    await slow.query("commit");
    await store.feed.place();
    const then = await store.feed.after(first.at(-1)?.position ?? "", 10);
    expect(then.map(({ subject }) => subject)).toEqual(["slow"]);
    // Its number is the lower one: by that it would have been passed over.
    expect(BigInt(then[0]?.id ?? 0)).toBeLessThan(BigInt(first[0]?.id ?? 0));
  } finally {
    await slow.end();
  }
});

test("many that give places at once give each event one, and readers on the way see a growing row", async () => {
  const from = await store.feed.last();
  const seen: string[] = [];
  let at = from;
  const read = async () => {
    for (const one of await store.feed.after(at, 500)) {
      seen.push(one.subject);
      at = one.position;
    }
  };
  for (let round = 0; round < 10; round += 1) {
    const adding = Array.from({ length: 10 }, (_, nth) => store.addEvent(event(`${round} ${nth}`)));
    await Promise.all([...adding, store.feed.place(), store.feed.place(), store.feed.place(7), read()]);
  }
  await store.feed.place();
  await read();
  expect(seen).toHaveLength(100);
  expect(new Set(seen).size).toBe(100);
});
