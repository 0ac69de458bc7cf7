import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ResourceDepths, ResourcePrincipal } from "../../src/wire/resources.ts";
import { principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";

const names = ["shop-dev-jobs", "shop-dev-tries", "shop-dev-order", "shop-dev-short"];
const api = principal(
  "dev",
  "api",
  names.map((resource) => ({ kind: "queue", resource, access: ["push"] })),
);
const worker = principal(
  "dev",
  "worker",
  names.map((resource) => ({ kind: "queue", resource, access: ["push", "take"] })),
);
const foreign = principal("prod", "worker", [{ kind: "queue", resource: "shop-prod-jobs", access: ["push", "take"] }]);

let server: ResourceServer;
let sqs: SQSClient;
const clients: SQSClient[] = [];

function clientOf({ accessKeyId, secretKey }: ResourcePrincipal): SQSClient {
  const client = new SQSClient({
    endpoint: server.url(),
    region: "local",
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: secretKey },
  });
  clients.push(client);
  return client;
}
function urlOf(name: string): string {
  return `${server.url()}/000000000000/${name}`;
}

beforeAll(async () => {
  server = await resourceServer({
    principals: [api, worker, foreign],
    queues: [
      { name: "shop-dev-jobs", environment: "dev", visibilityMs: 30_000 },
      { name: "shop-dev-tries", environment: "dev", visibilityMs: 30_000, tries: 2 },
      { name: "shop-dev-order", environment: "dev", visibilityMs: 30_000, ordered: true },
      { name: "shop-dev-short", environment: "dev", visibilityMs: 30_000, keepMs: 200 },
      { name: "shop-prod-jobs", environment: "prod", visibilityMs: 30_000 },
    ],
  });
  await server.start();
  sqs = clientOf(worker);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.remove();
});

async function take(name: string, most = 10, rest: { WaitTimeSeconds?: number; VisibilityTimeout?: number } = {}) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: urlOf(name),
      MaxNumberOfMessages: most,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
      ...rest,
    }),
  );
  return Messages;
}

describe("a queue", () => {
  const QueueUrl = () => urlOf("shop-dev-jobs");

  test("gives what was sent, with its attributes, until it is deleted", async () => {
    const MessageAttributes = {
      kind: { DataType: "String", StringValue: "mail" },
      raw: { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) },
    };
    const sent = await sqs.send(
      new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: "one \u{1f600}", MessageAttributes }),
    );
    const [got, ...more] = await take("shop-dev-jobs");
    expect(more).toEqual([]);
    expect(got).toMatchObject({
      MessageId: sent.MessageId,
      Body: "one \u{1f600}",
      Attributes: { ApproximateReceiveCount: "1", SenderId: worker.accessKeyId },
    });
    expect(got?.MessageAttributes?.["kind"]?.StringValue).toBe("mail");
    expect(Buffer.from(got?.MessageAttributes?.["raw"]?.BinaryValue ?? [])).toEqual(Buffer.from([0, 255]));
    expect(got?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(await take("shop-dev-jobs")).toEqual([]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: QueueUrl(), ReceiptHandle: got?.ReceiptHandle }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: QueueUrl(), AttributeNames: ["All"] }));
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      VisibilityTimeout: "30",
    });
  });

  test("waits for a message that comes later", async () => {
    const waiting = take("shop-dev-jobs", 1, { WaitTimeSeconds: 20, VisibilityTimeout: 0 });
    await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: "late" }));
    expect((await waiting).map(({ Body }) => Body)).toEqual(["late"]);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: QueueUrl() }));
    expect(await take("shop-dev-jobs")).toEqual([]);
  });

  test("gives back what was let go, and counts how often", async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: "again" }));
    const [first] = await take("shop-dev-jobs");
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: QueueUrl(), ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [second] = await take("shop-dev-jobs");
    expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: "2" } });
    // Who had it before finishes nothing.
    await sqs.send(new DeleteMessageCommand({ QueueUrl: QueueUrl(), ReceiptHandle: first?.ReceiptHandle }));
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: QueueUrl(), ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [third] = await take("shop-dev-jobs");
    expect(third?.MessageId).toBe(first?.MessageId);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: QueueUrl(), ReceiptHandle: third?.ReceiptHandle }));
    await expect(
      sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: QueueUrl(), ReceiptHandle: third?.ReceiptHandle, VisibilityTimeout: 1 }),
      ),
    ).rejects.toMatchObject({ name: "MessageNotInflight" });
  });

  test("comes back by itself when nobody finished it in time, to who waits for it", async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl(), MessageBody: "forgotten" }));
    const [first] = await take("shop-dev-jobs", 1, { VisibilityTimeout: 1 });
    const [second] = await take("shop-dev-jobs", 1, { WaitTimeSeconds: 20 });
    expect(second?.MessageId).toBe(first?.MessageId);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: QueueUrl() }));
  });

  test("takes and answers batches entry by entry", async () => {
    const Entries = [
      { Id: "a", MessageBody: "1" },
      { Id: "b", MessageBody: "\u0000" },
      { Id: "c", MessageBody: "3", DelaySeconds: 900 },
    ];
    const { Successful, Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: QueueUrl(), Entries }));
    expect([Successful?.map(({ Id }) => Id), Failed?.map(({ Id, Code }) => [Id, Code])]).toEqual([
      ["a", "c"],
      [["b", "InvalidMessageContents"]],
    ]);
    const got = await take("shop-dev-jobs");
    expect(got.map(({ Body }) => Body)).toEqual(["1"]);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: QueueUrl(), AttributeNames: ["All"] }));
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessagesDelayed: "1", ApproximateNumberOfMessagesNotVisible: "1" });
    const done = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: QueueUrl(),
        Entries: [
          { Id: "x", ReceiptHandle: got[0]?.ReceiptHandle },
          { Id: "y", ReceiptHandle: "nonsense" },
        ],
      }),
    );
    expect([done.Successful?.length, done.Failed?.[0]?.Code]).toEqual([1, "ReceiptHandleIsInvalid"]);
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl: QueueUrl(), Entries: [] }))).rejects.toMatchObject({
      name: "EmptyBatchRequest",
    });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: QueueUrl() }));
  });

  test("gives each message to one of many takers", async () => {
    for (let batch = 0; batch < 10; batch += 1)
      await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: QueueUrl(),
          Entries: Array.from({ length: 10 }, (_, at) => ({ Id: `${at}`, MessageBody: `${batch}-${at}` })),
        }),
      );
    const got = (await Promise.all(Array.from({ length: 20 }, () => take("shop-dev-jobs", 10)))).flat();
    expect(new Set(got.map(({ Body }) => Body)).size).toBe(100);
    expect(got).toHaveLength(100);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: QueueUrl() }));
  });
});

test("a message that came back after its last try is set aside, and can be taken there", async () => {
  const QueueUrl = urlOf("shop-dev-tries");
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "poison" }));
  for (let tries = 0; tries < 2; tries += 1) expect(await take("shop-dev-tries", 1, { VisibilityTimeout: 0 })).toHaveLength(1);
  expect(await take("shop-dev-tries")).toEqual([]);
  const depths = (await (await fetch(`${server.url()}/_gantry/depths`)).json()) as ResourceDepths;
  expect(depths.queues.find(({ name }) => name === "shop-dev-tries")).toMatchObject({
    environment: "dev",
    visible: 0,
    inFlight: 0,
    dead: 1,
  });
  expect((await take("shop-dev-tries-dead")).map(({ Body }) => Body)).toEqual(["poison"]);
});

test("messages of a group come one after the other, other groups meanwhile", async () => {
  const QueueUrl = urlOf("shop-dev-order");
  for (const [MessageGroupId, MessageBody] of [
    ["a", "a1"],
    ["a", "a2"],
    ["b", "b1"],
    ["a", "a3"],
  ] as const)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId }));
  const seen: string[] = [];
  for (let got = await take("shop-dev-order"); got.length > 0; got = await take("shop-dev-order"))
    for (const { Body, ReceiptHandle } of got) {
      seen.push(String(Body));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  expect(seen).toEqual(["a1", "b1", "a2", "a3"]);
});

test("a message that is older than the queue keeps them is gone", async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: urlOf("shop-dev-short"), MessageBody: "old", DelaySeconds: 900 }));
  await vi.waitFor(async () => {
    await take("shop-dev-short");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf("shop-dev-short"), AttributeNames: ["All"] }),
    );
    expect(Attributes?.["ApproximateNumberOfMessagesDelayed"]).toBe("0");
  });
});

test("a service does with queues what it was given, and nothing else", async () => {
  const pushing = clientOf(api);
  const QueueUrl = urlOf("shop-dev-jobs");
  await expect(pushing.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).resolves.toBeDefined();
  await expect(pushing.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  await expect(pushing.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({ name: "AccessDenied" });
  const stranger = clientOf(foreign);
  await expect(stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  expect((await stranger.send(new ListQueuesCommand({}))).QueueUrls).toEqual([urlOf("shop-prod-jobs")]);
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: "shop-dev-jobs" }))).QueueUrl).toBe(QueueUrl);
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: "none" }))).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});
