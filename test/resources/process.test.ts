import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import path from "node:path";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ResourceServerConfig } from "../../src/wire/resources.ts";
import { adminToken, principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";

function environment(name: string) {
  return {
    principals: [
      principal(name, "api", [
        { kind: "bucket", resource: `shop-${name}-documents`, access: ["read", "write"] },
        { kind: "queue", resource: `shop-${name}-jobs`, access: ["push", "take"] },
      ]),
    ],
    buckets: [{ name: `shop-${name}-documents`, environment: name, versioning: false }],
    queues: [{ name: `shop-${name}-jobs`, environment: name, visibilityMs: 30_000, tries: 3 }],
  };
}

function both(...parts: ReturnType<typeof environment>[]): Partial<ResourceServerConfig> {
  return {
    principals: parts.flatMap((one) => one.principals),
    buckets: parts.flatMap((one) => one.buckets),
    queues: parts.flatMap((one) => one.queues),
  };
}

let server: ResourceServer;
const clients: { destroy: () => void }[] = [];
const [dev, preview] = [environment("dev"), environment("pr-42")];

beforeEach(async () => {
  server = await resourceServer(both(dev, preview));
  await server.start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.remove();
});

function clientsOf({ principals: [who] }: ReturnType<typeof environment>) {
  const credentials = { accessKeyId: who?.accessKeyId ?? "", secretAccessKey: who?.secretKey ?? "" };
  const options = { endpoint: server.url(), region: "local", maxAttempts: 1, credentials };
  const made = { s3: new S3Client({ ...options, forcePathStyle: true }), sqs: new SQSClient(options) };
  clients.push(made.s3, made.sqs);
  return made;
}
function admin(method: string, place: string, authorization = `Bearer ${adminToken}`): Promise<Response> {
  return fetch(`${server.url()}/_gantry/${place}`, { method, headers: { authorization } });
}
function urlOf(name: string): string {
  return `${server.url()}/000000000000/${name}`;
}

test("an environment goes away with all that it has, and the others stay", async () => {
  for (const [one, name] of [
    [dev, "dev"],
    [preview, "pr-42"],
  ] as const) {
    const { s3, sqs } = clientsOf(one);
    await s3.send(new PutObjectCommand({ Bucket: `shop-${name}-documents`, Key: "a", Body: name }));
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(`shop-${name}-jobs`), MessageBody: name }));
  }
  expect((await admin("DELETE", "environments/pr-42", "Bearer wrong-token")).status).toBe(401);
  expect(await (await admin("DELETE", "environments/pr-42")).json()).toEqual({ removed: true });
  expect(await (await admin("DELETE", "environments/pr-42")).json()).toEqual({ removed: false });
  expect((await admin("DELETE", "environments/..%2F..")).status).toBe(200);
  const files = readdirSync(path.join(server.folder, "state"), { recursive: true }).map(String);
  expect(files.filter((file) => file.includes("pr-42"))).toEqual([]);
  const kept = clientsOf(dev);
  expect(
    await (await kept.s3.send(new GetObjectCommand({ Bucket: "shop-dev-documents", Key: "a" }))).Body?.transformToString(),
  ).toBe("dev");
  expect((await kept.sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf("shop-dev-jobs") }))).Messages?.[0]?.Body).toBe("dev");
  // It starts from nothing when it comes again.
  const again = clientsOf(preview);
  expect((await again.s3.send(new ListObjectsV2Command({ Bucket: "shop-pr-42-documents" }))).KeyCount).toBe(0);
  expect((await again.sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf("shop-pr-42-jobs") }))).Messages).toBeUndefined();
});

test("an environment that is taken out of the file, removed and put back starts from nothing, and works", async () => {
  const { s3, sqs } = clientsOf(preview);
  const object = { Bucket: "shop-pr-42-documents", Key: "a" };
  const QueueUrl = urlOf("shop-pr-42-jobs");
  await s3.send(new PutObjectCommand({ ...object, Body: "old" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "old" }));
  server.configure(both(dev));
  await vi.waitFor(() => expect(s3.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: "InvalidAccessKeyId" }));
  await admin("DELETE", "environments/pr-42");
  server.configure(both(dev, preview));
  await vi.waitFor(() => expect(s3.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: "NoSuchKey" }));
  await s3.send(new PutObjectCommand({ ...object, Body: "new" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "new" }));
  await server.kill();
  await server.start();
  expect(await (await s3.send(new GetObjectCommand(object))).Body?.transformToString()).toBe("new");
  expect(
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.map(({ Body }) => Body),
  ).toEqual(["new"]);
});

test("who may do what follows the file, and a broken file changes nothing", async () => {
  const { s3 } = clientsOf(preview);
  const list = () => s3.send(new ListObjectsV2Command({ Bucket: "shop-pr-42-documents" }));
  await list();
  writeFileSync(path.join(server.folder, "resources.json"), "{ broken");
  await vi.waitFor(() => expect(server.lines.join("\n")).toContain("resources-config"));
  await list();
  server.configure(both(dev));
  await vi.waitFor(() => expect(list()).rejects.toMatchObject({ name: "InvalidAccessKeyId" }));
  server.configure(both(dev, preview));
  process.kill(server.pid(), "SIGHUP");
  await vi.waitFor(list);
  expect(server.lines.join("\n")).not.toContain(preview.principals[0]?.secretKey);
});

test("a configuration that is wrong is refused with all that is wrong in it", async () => {
  await server.kill();
  server.configure({ queues: [{ name: "a b", environment: "../up", visibilityMs: -1 }], adminToken: "short" });
  await expect(server.start()).rejects.toThrow(
    /adminToken.*queues\[0\]\.name.*queues\[0\]\.environment.*queues\[0\]\.visibilityMs/,
  );
});

test("what it counts can be read by Prometheus and by the agent", async () => {
  const { s3, sqs } = clientsOf(dev);
  await s3.send(new PutObjectCommand({ Bucket: "shop-dev-documents", Key: "a", Body: "12345" }));
  await expect(s3.send(new GetObjectCommand({ Bucket: "shop-dev-documents", Key: "none" }))).rejects.toThrow();
  await sqs.send(new SendMessageCommand({ QueueUrl: urlOf("shop-dev-jobs"), MessageBody: "x" }));
  const text = await (await fetch(`${server.url()}/_gantry/metrics`)).text();
  for (const line of [
    'gantry_resources_requests_total{api="s3:PutObject",status="200"} 1',
    'gantry_resources_requests_total{api="s3:GetObject",status="404"} 1',
    'gantry_bucket_objects{environment="dev",bucket="shop-dev-documents"} 1',
    'gantry_bucket_bytes{environment="dev",bucket="shop-dev-documents"} 5',
    'gantry_queue_depth{environment="dev",queue="shop-dev-jobs",state="visible"} 1',
    'gantry_queue_dead_letters{environment="dev",queue="shop-dev-jobs"} 0',
  ])
    expect(text.split("\n")).toContain(line);
  const depths = (await (await fetch(`${server.url()}/_gantry/depths`)).json()) as { queues: object[] };
  expect(depths.queues[0]).toMatchObject({
    name: "shop-dev-jobs",
    environment: "dev",
    visible: 1,
    inFlight: 0,
    delayed: 0,
    dead: 0,
  });
  expect(await (await fetch(`${server.url()}/_gantry/health`)).json()).toMatchObject({
    status: "ready",
    configuration: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test("a page of the internet whose name was made to point here gets nothing", async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = createConnection(server.port(), "127.0.0.1", () =>
      socket.write("GET /_gantry/depths HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n"),
    );
    socket.setEncoding("utf8").once("data", (text: string) => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
});

test("nothing on the disk can be read by anybody else, and it ends when it is told", async () => {
  const { s3, sqs } = clientsOf(dev);
  await s3.send(new PutObjectCommand({ Bucket: "shop-dev-documents", Key: "a", Body: "x" }));
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf("shop-dev-jobs"), WaitTimeSeconds: 20 }));
  await vi.waitFor(async () => expect(await (await fetch(`${server.url()}/_gantry/metrics`)).text()).toContain("s3:PutObject"));
  await server.kill("SIGTERM");
  await Promise.allSettled([waiting]);
  const state = path.join(server.folder, "state");
  const { statSync } = await import("node:fs");
  for (const file of readdirSync(state, { recursive: true }).map(String))
    expect(statSync(path.join(state, file)).mode & 0o077).toBe(0);
  expect(existsSync(`/proc/${server.pid()}`)).toBe(false);
  expect(readFileSync(path.join(server.folder, "machine.key"))).toHaveLength(32);
});
