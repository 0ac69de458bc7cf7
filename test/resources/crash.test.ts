import { readdirSync } from "node:fs";
import path from "node:path";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";

const Bucket = "shop-dev-documents";
const queueName = "shop-dev-jobs";
const topic = "shop-dev-events";
const api = principal("dev", "api", [
  { kind: "bucket", resource: Bucket, access: ["read", "write"] },
  { kind: "queue", resource: queueName, access: ["push", "take"] },
  { kind: "topic", resource: topic, access: ["publish", "subscribe"] },
]);

let server: ResourceServer;
const cleanUp: (() => void)[] = [];
afterEach(async () => {
  for (const act of cleanUp.splice(0)) act();
  await server.remove();
});

async function setUp() {
  server = await resourceServer({
    principals: [api],
    buckets: [{ name: Bucket, environment: "dev", versioning: false }],
    queues: [{ name: queueName, environment: "dev", visibilityMs: 3_600_000 }],
    topics: [{ name: topic, environment: "dev", subscriptions: [{ name: "all", ackDeadlineMs: 600_000 }] }],
  });
  await server.start();
  const options = {
    endpoint: server.url(),
    region: "local",
    maxAttempts: 1,
    credentials: { accessKeyId: api.accessKeyId, secretAccessKey: api.secretKey },
  };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const sqs = new SQSClient(options);
  cleanUp.push(
    () => s3.destroy(),
    () => sqs.destroy(),
  );
  return { s3, sqs, QueueUrl: `${server.url()}/000000000000/${queueName}` };
}

async function pubsub(
  verb: string,
  body: object,
): Promise<{ messageIds: string[]; receivedMessages: { ackId: string; message: { data: string } }[] }> {
  const response = await fetch(`${server.url()}/v1/projects/p/${verb}`, {
    method: "POST",
    headers: { authorization: `Bearer ${api.accessKeyId}.${api.secretKey}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Awaited<ReturnType<typeof pubsub>>;
}

describe("the process, killed in the middle of writing", () => {
  test("has all that it acknowledged, whole, and nothing that was finished comes again", async () => {
    const { s3, sqs, QueueUrl } = await setUp();
    const [objects, sent, published, finished] = [
      new Map<string, string>(),
      new Set<string>(),
      new Set<string>(),
      new Set<string>(),
    ];
    let count = 0;

    for (let round = 0; round < 3; round += 1) {
      const ending = new AbortController();
      const until = async (act: (at: number) => Promise<void>): Promise<void> => {
        while (!ending.signal.aborted) {
          count += 1;
          // What fails was not acknowledged; the connection is gone with the process.
          await act(count).catch(() => undefined);
        }
      };
      const writers = [
        ...Array.from({ length: 4 }, () =>
          until(async (at) => {
            const [Key, Body] = [`k${at}`, `${at}-`.repeat(5_000)];
            await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
            objects.set(Key, Body);
          }),
        ),
        ...Array.from({ length: 4 }, () =>
          until(async (at) => {
            await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `m${at}` }));
            sent.add(`m${at}`);
          }),
        ),
        until(async () => {
          const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
          for (const { ReceiptHandle, Body = "" } of Messages) {
            await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
            finished.add(Body);
          }
        }),
        until(async (at) => {
          const data = Buffer.from(`p${at}`).toString("base64");
          await pubsub(`topics/${topic}:publish`, { messages: [{ data }] });
          published.add(data);
        }),
      ];
      const goal = 60 * (round + 1);
      await vi.waitFor(() => expect(Math.min(objects.size, sent.size, published.size, finished.size * 3)).toBeGreaterThan(goal), {
        timeout: 30_000,
      });
      await server.kill("SIGKILL");
      ending.abort();
      await Promise.all(writers);
      await server.start();
    }

    for (const [Key, wanted] of objects) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(await Body?.transformToString()).toBe(wanted);
    }
    const left = new Set<string>();
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) break;
      for (const { Body = "" } of Messages) {
        expect(left.has(Body)).toBe(false);
        left.add(Body);
      }
    }
    const { queues } = (await (await fetch(`${server.url()}/_gantry/depths`)).json()) as { queues: { visible: number }[] };
    expect(queues[0]?.visible).toBe(0);
    const missing = [...sent].filter((text) => !left.has(text) && !finished.has(text));
    // One is taken at a time, and what was taken at a kill is held until its time is over: at most one a kill.
    expect(missing.length).toBeLessThanOrEqual(3);
    expect([...finished].filter((text) => left.has(text))).toEqual([]);

    const pulled = new Set<string>();
    for (;;) {
      const { receivedMessages } = await pubsub("subscriptions/all:pull", { maxMessages: 1_000, returnImmediately: true });
      if (receivedMessages.length === 0) break;
      for (const { message } of receivedMessages) pulled.add(message.data);
    }
    expect([...published].filter((data) => !pulled.has(data))).toEqual([]);

    // What was half written belongs to nobody, and is swept.
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    await vi.waitFor(() => {
      const files = readdirSync(path.join(server.folder, "state"), { recursive: true }).filter((file) =>
        /blobs\/./.test(String(file)),
      );
      expect(files).toHaveLength(Contents.length);
    });
  });

  test("says no when the disk takes no more, keeps what it acknowledged, and goes on when there is room", async () => {
    const { s3, sqs, QueueUrl } = await setUp();
    await server.kill();
    // No file over 64 KB.
    await server.start({ fileSizeBlocks: 128 });
    const accepted: string[] = [];
    let refused = 0;
    for (let at = 0; at < 40; at += 1)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `${at}`.padEnd(4_000, ".") })).then(
        () => accepted.push(`${at}`),
        () => (refused += 1),
      );
    expect(refused).toBeGreaterThan(3);
    expect(accepted.length).toBeGreaterThan(5);
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: "x".repeat(200_000) }))).rejects.toMatchObject({
      name: "InternalError",
    });
    await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: "x" }));
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["small"]);
    await server.kill();
    await server.start();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "more" }));
    accepted.push("more");
    const got: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) break;
      got.push(...Messages.map(({ Body = "" }) => Body.replaceAll(".", "")));
    }
    expect(got).toEqual(accepted);
  });
});
