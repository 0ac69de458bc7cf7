import { SMTPServer } from "smtp-server";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../../../test/support/receiver.ts";
import type { Address, Envelope, Notice } from "./notice.ts";
import { isPrivateAddress } from "./public-address.ts";
import { type Sender, createSender } from "./send.ts";

const notice: Notice = {
  schemaVersion: 1,
  product: "shop",
  environment: "prod",
  kind: "alert",
  status: "firing",
  dedupKey: "shop/prod/ApiErrors/1",
  title: "API errors",
  text: "6.25 % of requests fail & more than 5 % may <not>",
  severity: "critical",
  since: "2026-11-21T10:00:00.000Z",
  of: "services.api",
  runbook: "https://example.com/rb",
  labels: { service: "api" },
};
const envelope = (change: Partial<Notice> = {}): Envelope => ({
  id: "6f2b8c1e-0000-4000-8000-000000000001",
  createdAt: new Date("2026-11-21T10:00:01Z"),
  notice: { ...notice, ...change },
});

let receiver: Receiver;
let sender: Sender;
beforeEach(async () => {
  receiver = await startReceiver();
  sender = createSender({ reach: "any", nowMs: Date.now });
});
afterEach(async () => {
  await sender.close();
  await receiver.close();
});

const to = (kind: Address["kind"], key: string, address = "ops"): Address => ({ name: `${kind} ${address}`, kind, address, key });
const sent = (index = 0) => JSON.parse(receiver.received[index]?.body ?? "null") as Record<string, unknown>;

describe("PagerDuty", () => {
  const oncall = () => to("pagerduty", `${receiver.url}/v2/enqueue#R0UT1NGKEY`);

  test.each([
    ["firing", "trigger"],
    ["acknowledged", "acknowledge"],
    ["resolved", "resolve"],
  ] as const)("%s is a %s with the same key", async (status, action) => {
    receiver.answers = [{ status: 202 }];
    expect(await sender.send(oncall(), envelope({ status }))).toEqual({ is: "sent" });
    expect(sent()).toMatchObject({
      routing_key: "R0UT1NGKEY",
      event_action: action,
      dedup_key: "shop/prod/ApiErrors/1",
      payload: { severity: "critical", source: "shop/prod", component: "services.api", custom_details: { service: "api" } },
      links: [{ href: "https://example.com/rb", text: "Runbook" }],
    });
    expect(receiver.received[0]?.path).toBe("/v2/enqueue");
  });

  test("long keys and summaries are cut to what it takes, and stay different", async () => {
    const keys = ["a", "b"].map((end) => "x".repeat(400) + end);
    for (const dedupKey of keys) await sender.send(oncall(), envelope({ dedupKey, title: "🔥".repeat(3_000) }));
    const events = [sent(0), sent(1)] as { dedup_key: string; payload: { summary: string } }[];
    expect(new Set(events.map((one) => one.dedup_key)).size).toBe(2);
    for (const event of events) {
      expect(event.dedup_key.length).toBeLessThanOrEqual(255);
      expect(Array.from(event.payload.summary).length).toBe(1_024);
    }
  });

  test.each([
    [400, "never"],
    [429, "again"],
    [500, "again"],
    [301, "never"],
  ] as const)("%d means %s", async (status, is) => {
    receiver.answers = [{ status, headers: { location: `${receiver.url}/elsewhere` } }];
    expect(await sender.send(oncall(), envelope())).toMatchObject({ is, why: `it answered ${status}` });
    expect(receiver.received).toHaveLength(1);
  });
});

describe("Slack", () => {
  test("the message is of blocks that Slack takes, with what it would read as markup written out", async () => {
    await sender.send(
      to("slack", `${receiver.url}/services/T/B/x`),
      envelope({ text: `${"<&>".repeat(2_000)} end`, title: "t".repeat(300) }),
    );
    const { blocks } = sent() as { blocks: { type: string; text?: { text: string } }[] };
    expect(blocks.map((one) => one.type)).toEqual(["header", "section", "context"]);
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(151);
    const said = blocks[1]?.text?.text ?? "";
    expect(said.length).toBeLessThanOrEqual(3_000);
    expect(said.replace(/&(?:lt|gt|amp);/g, "")).toBe("…");
  });

  test("waits as long as Slack asks", async () => {
    receiver.answers = [{ status: 429, headers: { "retry-after": "7" } }];
    expect(await sender.send(to("slack", receiver.url), envelope())).toEqual({
      is: "again",
      why: "it answered 429",
      afterMs: 7_000,
    });
  });
});

describe("webhooks", () => {
  const key = `whsec_${Buffer.from("k".repeat(24)).toString("base64")}`;
  const other = `whsec_${Buffer.from("o".repeat(24)).toString("base64")}`;
  const verify = (secret: string, body = receiver.received[0]?.body ?? "") =>
    new Webhook(secret).verify(body, receiver.received[0]?.headers as Record<string, string>);

  test("are signed with each key, so that keys can be changed; and only with these", async () => {
    await sender.send(to("webhook", `${key} ${other}`, `${receiver.url}/hook`), envelope());
    expect(verify(key)).toMatchObject({
      type: "alert.firing",
      timestamp: notice.since,
      data: { title: "API errors", environment: "prod" },
    });
    expect(verify(other)).toBeTruthy();
    expect(() => verify(`whsec_${Buffer.from("x".repeat(24)).toString("base64")}`)).toThrow();
    expect(() => verify(key, `${receiver.received[0]?.body} `)).toThrow();
    expect(receiver.received[0]?.headers["webhook-id"]).toBe(envelope().id);
  });

  test.each([
    [410, "gone"],
    [302, "again"],
    [404, "again"],
    [503, "again"],
  ] as const)("%d means %s, and nothing is followed", async (status, is) => {
    receiver.answers = [{ status, headers: { location: "/elsewhere" } }];
    expect(await sender.send(to("webhook", key, receiver.url), envelope())).toMatchObject({ is });
    expect(receiver.received).toHaveLength(1);
  });

  test("a server for everybody speaks to no private address, by number or by name", async () => {
    const careful = createSender({ reach: "public", nowMs: Date.now });
    const port = new URL(receiver.url).port;
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      `https://[::ffff:127.0.0.1]:${port}/`,
      `https://2130706433:${port}/`,
      "https://169.254.169.254/latest/meta-data",
    ])
      expect({ url, ...(await careful.send(to("webhook", key, url), envelope())) }).toMatchObject({ url, is: "never" });
    await careful.close();
    expect(receiver.received).toEqual([]);
  });

  test.each([
    ["10.1.2.3", true],
    ["172.31.0.1", true],
    ["172.32.0.1", false],
    ["100.64.0.1", true],
    ["8.8.8.8", false],
    ["::1", true],
    ["fd00::1", true],
    ["fe80::1", true],
    ["::ffff:10.0.0.1", true],
    ["2606:4700::1111", false],
  ])("%s is private: %s", (address, is) => {
    expect(isPrivateAddress(address)).toBe(is);
  });
});

describe("email", () => {
  let server: SMTPServer;
  let url: string;
  const mails: string[] = [];
  let refuse: number | undefined;
  let logins = 0;
  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      onAuth(_auth, _session, done) {
        logins += 1;
        done(null, { user: "me" });
      },
      disabledCommands: ["STARTTLS"],
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          if (refuse !== undefined) return done(Object.assign(new Error("no"), { responseCode: refuse }));
          mails.push(Buffer.concat(chunks).toString());
          return done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}?from=gantry@shop.example`;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

  test("an alert and its end stand in one thread, sent twice it is the same message, and no header can be smuggled in", async () => {
    const address = to("email", url, "ops@shop.example");
    await sender.send(address, envelope({ title: "Disk\r\nBcc: all@shop.example" }));
    await sender.send(address, envelope());
    await sender.send(address, { ...envelope({ status: "resolved" }), id: "6f2b8c1e-0000-4000-8000-000000000002" });
    const header = (index: number, name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(mails[index] ?? "")?.[1]?.trim();
    expect(header(0, "Message-ID")).toBe(header(1, "Message-ID"));
    expect(header(2, "Message-ID")).not.toBe(header(1, "Message-ID"));
    expect(header(1, "References")).toBe(header(2, "References"));
    expect(header(0, "Bcc")).toBeUndefined();
    expect(header(2, "Subject")).toBe("Resolved: API errors (prod)");
  });

  test.each([
    [451, "again"],
    [550, "never"],
  ] as const)("%d means %s", async (code, is) => {
    refuse = code;
    expect(await sender.send(to("email", url, "ops@shop.example"), envelope())).toEqual({
      is,
      why: `the mail server answered ${code}`,
    });
    refuse = undefined;
  });

  test("a server that is not there is tried again, and a key that is none is not", async () => {
    expect(await sender.send(to("email", "smtp://127.0.0.1:1", "a@b.example"), envelope())).toMatchObject({ is: "again" });
    expect(await sender.send(to("email", "hunter2", "a@b.example"), envelope())).toMatchObject({
      is: "never",
      why: expect.not.stringContaining("hunter2") as string,
    });
  });

  test("a password is said to a server on this machine, and to no other that speaks in the clear", async () => {
    const { port } = new URL(url);
    const at = (host: string) => sender.send(to("email", `smtp://me:hunter2@${host}:${port}`, "a@b.example"), envelope());
    expect(await at("127.0.0.1")).toEqual({ is: "sent" });
    expect(logins).toBe(1);
    // It leads to the same server here, and is not known as such.
    const outcome = await at("0.0.0.0");
    expect(outcome.is).not.toBe("sent");
    expect(logins).toBe(1);
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
  });
});
