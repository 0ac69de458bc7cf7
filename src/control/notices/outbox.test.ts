import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { query, startPostgres, type TestPostgres } from "../../../test/support/examples-postgres.ts";
import type { NewNotice, NoticeRow } from "../../store/notices.ts";
import { type Store, openStore } from "../../store/store.ts";
import type { Outcome } from "./notice.ts";
import { type Outbox, createOutbox, waitAfter } from "./outbox.ts";

let postgres: TestPostgres;
let url: string;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = (await postgres.database()).ownerUrl;
  store = await openStore(url);
});

/** What a channel was sent, by an outbox whose sender answers as it is told. */
type Sent = { readonly id: string; readonly once: string; readonly channel: string; readonly link?: string | undefined };
const running: Outbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await store.close();
});
function start(answer: (sent: Sent) => Outcome | Promise<Outcome>, notices: Store["notices"] = store.notices) {
  const sent: Sent[] = [];
  const told: [string, Outcome][] = [];
  const errors: unknown[] = [];
  const outbox = createOutbox({
    notices,
    sender: {
      send(to, { id, notice }) {
        const one = { id, once: notice.text, channel: to.name, link: notice.link };
        sent.push(one);
        return Promise.resolve(answer(one));
      },
      close: () => Promise.resolve(),
    },
    addressOf: (row: NoticeRow) => Promise.resolve({ name: row.channel, kind: "webhook", address: "", key: "k" }),
    complete: (one) => Promise.resolve(one.asks === undefined ? one : { ...one, link: `http://here/${one.asks.run}` }),
    tell: (row, outcome) => {
      told.push([(row.body as { text: string }).text, outcome]);
      return Promise.resolve();
    },
    nowMs: Date.now,
    random: () => 0.5,
    onError: (error) => errors.push(error),
  });
  running.push(outbox);
  return { outbox, sent, told, errors };
}
const notice = (once: string, { channel = "hook", dedupKey = once, kept = false } = {}): NewNotice => ({
  channel,
  dedupKey,
  once,
  body: { text: once },
  kept,
});
const add = (...notices: NewNotice[]) => store.notices.add("shop", "prod", notices);
const states = async () =>
  Object.fromEntries((await store.notices.list("shop")).map((row) => [(row.body as { text: string }).text, row.state]));
const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await sleep(10);
};

describe("the outbox", () => {
  test("what is added twice is told once, and what nobody opened a channel for is kept", async () => {
    expect(await add(notice("a"), notice("b", { kept: true }))).toHaveLength(2);
    expect(await add(notice("a"))).toHaveLength(0);
    const { sent } = start(() => ({ is: "sent" }));
    await until(async () => (await states())["a"] === "sent");
    expect(sent.map((one) => one.once)).toEqual(["a"]);
    expect(await states()).toEqual({ a: "sent", b: "kept" });
  });

  test("the link of a decision is made when it is sent, and lies nowhere in the outbox", async () => {
    const asks = { run: "r1", step: 1, gate: "g", role: "lead", given: 0 };
    await add({ ...notice("asked"), body: { text: "asked", asks } }, notice("told"));
    const { sent } = start(() => ({ is: "sent" }));
    await until(async () => !Object.values(await states()).includes("waiting"));
    expect(Object.fromEntries(sent.map(({ once, link }) => [once, link]))).toEqual({ asked: "http://here/r1", told: undefined });
    expect(JSON.stringify(await query(url, "select * from notice"))).not.toContain("http://here");
  });

  test("the end of an occurrence waits for its beginning, and other occurrences do not", async () => {
    await add(notice("fires", { dedupKey: "1" }), notice("resolves", { dedupKey: "1" }), notice("other"));
    let well = false;
    const { sent, outbox } = start(({ once }) => (once === "fires" && !well ? { is: "again", why: "busy" } : { is: "sent" }));
    await until(async () => (await states())["other"] === "sent");
    expect(await states()).toEqual({ fires: "waiting", resolves: "waiting", other: "sent" });
    well = true;
    await query(url, "update notice set next_at = now()");
    outbox.wake();
    await until(async () => (await states())["resolves"] === "sent");
    expect(sent.map((one) => one.once).filter((once) => once !== "other")).toEqual(["fires", "fires", "resolves"]);
  });

  test("a channel that hangs keeps no other waiting", async () => {
    await add(notice("slow", { channel: "a" }), notice("quick", { channel: "b" }), notice("quicker", { channel: "b" }));
    let finish: (outcome: Outcome) => void = () => {};
    start(({ channel }) => (channel === "a" ? new Promise<Outcome>((resolve) => (finish = resolve)) : { is: "sent" }));
    await until(async () => (await states())["quicker"] === "sent");
    expect(await states()).toEqual({ slow: "waiting", quick: "sent", quicker: "sent" });
    finish({ is: "sent" });
    await until(async () => (await states())["slow"] === "sent");
  });

  test("given up with its reason when it is wrong or its attempts are used up; a channel that is gone takes all of its own along", async () => {
    await add(
      notice("wrong"),
      notice("gone", { channel: "gone" }),
      notice("waits", { channel: "gone" }),
      notice("tired", { channel: "c" }),
    );
    await query(url, "update notice set attempts = 9 where once = 'tired'");
    const outcomes: Record<string, Outcome> = {
      wrong: { is: "never", why: "it answered 400" },
      gone: { is: "gone", why: "it answered 410" },
      tired: { is: "again", why: "it answered 503" },
    };
    const { told, sent } = start(({ once }) => outcomes[once] ?? { is: "sent" });
    await until(async () => !Object.values(await states()).includes("waiting"));
    expect(await states()).toEqual({ wrong: "failed", gone: "failed", waits: "failed", tired: "failed" });
    expect(sent.map((one) => one.once)).not.toContain("waits");
    await until(() => told.length === 3);
    expect(Object.fromEntries(told)).toMatchObject({ wrong: { why: "it answered 400" }, tired: { why: "it answered 503" } });
  });

  test("two of them on one database send nothing twice", async () => {
    const other = await openStore(url);
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    await add(...names.map((name, index) => notice(name, { channel: `c${index % 7}` })));
    const one = start(() => ({ is: "sent" }));
    const two = start(() => ({ is: "sent" }), other.notices);
    await until(async () => !Object.values(await states()).includes("waiting"));
    const all = [...one.sent, ...two.sent].map((sent) => sent.once);
    expect(all.toSorted()).toEqual(names.toSorted());
    await Promise.all(running.splice(0).map((outbox) => outbox.stop()));
    await other.close();
  });

  test("one that dies with a message in its hands leaves it to the next, with the same number", async () => {
    await add(notice("a"));
    const dead = start(() => new Promise<Outcome>(() => {}));
    await until(() => dead.sent.length === 1);
    running.splice(0);
    await query(url, "update notice set leased_until = now() - interval '1 second'");
    const next = start(() => ({ is: "sent" }));
    await until(() => next.sent.length === 1);
    expect(next.sent[0]?.id).toBe(dead.sent[0]?.id);
  });

  test("where alerts stand and whom to tell are written together or not at all", async () => {
    await store.putEnvironment({ product: "shop", name: "prod", data: {}, speed: 1, ports: {}, state: "up" });
    await store.notices.putAlerts("shop", "prod", { seen: 1, "any\0character": "\ud800" }, [notice("a", { kept: true })]);
    const broken = { ...notice("b"), channel: undefined as unknown as string };
    await expect(store.notices.putAlerts("shop", "prod", { seen: 2 }, [broken])).rejects.toThrow();
    expect(await store.notices.alerts("shop", "prod")).toEqual({ seen: 1, "any\0character": "\ud800" });
    expect(await states()).toEqual({ a: "kept" });
  });
});

test("waits grow, spread, end, and never undercut what the receiver asked for", () => {
  const waits = (kind: "webhook" | "slack", random: number) =>
    Array.from({ length: 20 }, (_, index) => waitAfter(kind, index + 1, undefined, random)).filter((one) => one !== undefined);
  expect(waits("webhook", 0.5)).toHaveLength(9);
  const hours = waits("webhook", 0.5).reduce((sum, one) => sum + one, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(72);
  expect(hours).toBeLessThan(80);
  expect(waits("slack", 0.5)).toEqual(waits("slack", 0.5).toSorted((a, b) => a - b));
  expect(waitAfter("slack", 1, undefined, 0)).toBe(800);
  expect(waitAfter("slack", 1, undefined, 1)).toBe(1_200);
  expect(waitAfter("slack", 1, 9_000, 0.5)).toBe(9_000);
});
