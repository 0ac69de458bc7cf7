import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ResourcePrincipal } from "../../src/wire/resources.ts";
import { principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";

const topic = "shop-dev-events";
const api = principal("dev", "api", [
  { kind: "topic", resource: topic, access: ["publish", "subscribe"] },
  { kind: "topic", resource: "shop-dev-dead", access: ["publish", "subscribe"] },
]);
const publisher = principal("dev", "publisher", [{ kind: "topic", resource: topic, access: ["publish"] }]);
const foreign = principal("prod", "api", [{ kind: "topic", resource: "shop-prod-events", access: ["publish", "subscribe"] }]);

type Answer = {
  readonly status: number;
  readonly body: {
    readonly messageIds?: string[];
    readonly receivedMessages?: {
      ackId: string;
      deliveryAttempt?: number;
      message: { data?: string; messageId: string; attributes: object; orderingKey?: string };
    }[];
    readonly error?: { status: string };
    readonly subscriptions?: unknown[];
    readonly name?: string;
  };
};

let server: ResourceServer;
let receiver: Server;
let receiverUrl: string;
const received: { readonly data: string; readonly attempt: number }[] = [];
let refusals = 0;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const { message, deliveryAttempt } = JSON.parse(text) as { message: { data: string }; deliveryAttempt: number };
      received.push({ data: Buffer.from(message.data, "base64").toString(), attempt: deliveryAttempt });
      refusals -= 1;
      response.writeHead(refusals >= 0 ? 500 : 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  receiverUrl = `http://events.localhost:${(receiver.address() as AddressInfo).port}/in`;
  server = await resourceServer({
    principals: [api, publisher, foreign],
    topics: [
      { name: topic, environment: "dev", subscriptions: [{ name: "declared" }] },
      { name: "shop-dev-dead", environment: "dev" },
      { name: "shop-prod-events", environment: "prod" },
    ],
  });
  await server.start();
});
afterAll(async () => {
  await server.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function call(method: string, path: string, body?: object, who: ResourcePrincipal = api): Promise<Answer> {
  const response = await fetch(`${server.url()}/v1/projects/p/${path}`, {
    method,
    headers: { authorization: `Bearer ${who.accessKeyId}.${who.secretKey}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}
function publish(text: string, rest: object = {}, to = topic): Promise<Answer> {
  return call("POST", `topics/${to}:publish`, { messages: [{ data: Buffer.from(text).toString("base64"), ...rest }] });
}
function subscribe(name: string, rest: object = {}): Promise<Answer> {
  return call("PUT", `subscriptions/${name}`, { topic: `projects/p/topics/${topic}`, ...rest });
}
async function pull(name: string) {
  const { body } = await call("POST", `subscriptions/${name}:pull`, { maxMessages: 10, returnImmediately: true });
  return (body.receivedMessages ?? []).map((one) => ({ ...one, text: Buffer.from(one.message.data ?? "", "base64").toString() }));
}

describe("a subscription", () => {
  test("has what was published since it is there, each of its own", async () => {
    await publish("before");
    for (const name of ["sub-one", "sub-two"]) expect((await subscribe(name)).status).toBe(200);
    const { body } = await publish("after", { attributes: { kind: "x" } });
    for (const name of ["sub-one", "sub-two"]) {
      const got = await pull(name);
      expect(got.map(({ text, message }) => [text, message.messageId, message.attributes])).toEqual([
        ["after", body.messageIds?.[0], { kind: "x" }],
      ]);
      expect(await pull(name)).toEqual([]);
      await call("POST", `subscriptions/${name}:acknowledge`, { ackIds: got.map(({ ackId }) => ackId) });
    }
    expect((await call("GET", `topics/${topic}/subscriptions`)).body.subscriptions).toContain("projects/p/subscriptions/sub-one");
    expect((await pull("declared")).map(({ text }) => text)).toEqual(["before", "after"]);
    expect((await subscribe("sub-one")).body.error?.status).toBe("ALREADY_EXISTS");
    expect((await call("DELETE", "subscriptions/sub-one")).status).toBe(200);
    expect((await call("GET", "subscriptions/sub-one")).status).toBe(404);
  });

  test("gives again what was let go, and keeps what is not acknowledged over a kill", async () => {
    await subscribe("sub-keep");
    await publish("keep");
    const [first] = await pull("sub-keep");
    await call("POST", "subscriptions/sub-keep:modifyAckDeadline", { ackIds: [first?.ackId], ackDeadlineSeconds: 0 });
    await server.kill();
    await server.start();
    const [second] = await pull("sub-keep");
    expect(second?.text).toBe("keep");
    await call("POST", "subscriptions/sub-keep:acknowledge", { ackIds: [second?.ackId] });
    await server.kill();
    await server.start();
    expect(await pull("sub-keep")).toEqual([]);
  });

  test("keeps the order within a key", async () => {
    await subscribe("sub-order", { enableMessageOrdering: true });
    for (const text of ["1", "2", "3"]) await publish(text, { orderingKey: "k" });
    const seen: string[] = [];
    for (let got = await pull("sub-order"); got.length > 0; got = await pull("sub-order")) {
      seen.push(...got.map(({ text }) => text));
      await call("POST", "subscriptions/sub-order:acknowledge", { ackIds: got.map(({ ackId }) => ackId) });
    }
    expect(seen).toEqual(["1", "2", "3"]);
  });

  test("publishes to another topic what had its tries", async () => {
    await call("PUT", "subscriptions/sub-dead", { topic: "projects/p/topics/shop-dev-dead" });
    await subscribe("sub-tries", {
      deadLetterPolicy: { deadLetterTopic: "projects/p/topics/shop-dev-dead", maxDeliveryAttempts: 1 },
    });
    await publish("poison");
    const [only] = await pull("sub-tries");
    expect(only?.deliveryAttempt).toBe(1);
    await call("POST", "subscriptions/sub-tries:modifyAckDeadline", { ackIds: [only?.ackId], ackDeadlineSeconds: 0 });
    expect(await pull("sub-tries")).toEqual([]);
    expect((await pull("sub-dead")).map(({ text }) => text)).toEqual(["poison"]);
  });

  test("pushes until it is accepted", async () => {
    refusals = 2;
    received.length = 0;
    expect((await subscribe("sub-push", { pushConfig: { pushEndpoint: receiverUrl } })).status).toBe(200);
    await publish("pushed");
    await vi.waitFor(() => expect(received).toEqual([1, 2, 3].map((attempt) => ({ data: "pushed", attempt }))), {
      timeout: 10_000,
    });
    expect((await call("POST", "subscriptions/sub-push:pull", { maxMessages: 1 })).body.error?.status).toBe(
      "FAILED_PRECONDITION",
    );
    await call("DELETE", "subscriptions/sub-push");
  });

  test.each([
    "https://127.0.0.1/",
    "http://example.com/",
    "http://10.0.0.1/",
    "http://u:p@127.0.0.1/",
    "file:///etc/passwd",
    "http://127.0.0.1.evil.example/",
  ])("pushes nowhere but on this machine: not to %s", async (pushEndpoint) => {
    expect((await subscribe("sub-out", { pushConfig: { pushEndpoint } })).body.error?.status).toBe("INVALID_ARGUMENT");
  });
});

test("a service does with topics what it was given, and nothing else", async () => {
  expect((await call("POST", `topics/${topic}:publish`, { messages: [{ data: "eA==" }] }, publisher)).status).toBe(200);
  expect((await call("PUT", "subscriptions/sub-not", { topic: `projects/p/topics/${topic}` }, publisher)).status).toBe(403);
  expect((await call("POST", "subscriptions/declared:pull", { maxMessages: 1 }, publisher)).status).toBe(403);
  expect((await call("POST", `topics/${topic}:publish`, { messages: [{ data: "eA==" }] }, foreign)).body.error?.status).toBe(
    "PERMISSION_DENIED",
  );
  // A name of another environment's subscription is none here.
  expect((await call("GET", "subscriptions/declared", undefined, foreign)).status).toBe(404);
  expect((await call("GET", "topics", undefined, { ...api, secretKey: "wrong" })).status).toBe(401);
});
