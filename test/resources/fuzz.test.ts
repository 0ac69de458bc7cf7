import { connect } from "node:net";
import { once } from "node:events";
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";
import { Sha256 } from "../support/sha256.ts";

// Bounded and seeded: each protocol gets input that is nearly right. The answer is the protocol's own, never a 500, and the process lives.

const api = principal("dev", "api", [
  { kind: "bucket", resource: "fuzz-bucket", access: ["read", "write"] },
  { kind: "queue", resource: "fuzz-queue", access: ["push", "take"] },
  { kind: "topic", resource: "fuzz-topic", access: ["publish", "subscribe"] },
  { kind: "kms", resource: "fuzz-key", access: ["encrypt", "decrypt"] },
  { kind: "mail", resource: "fuzz-mail", access: ["send"] },
]);

let server: ResourceServer;
let pid: number;

beforeAll(async () => {
  server = await resourceServer({
    principals: [api],
    buckets: [{ name: "fuzz-bucket", environment: "dev", versioning: true }],
    queues: [{ name: "fuzz-queue", environment: "dev", visibilityMs: 1_000, tries: 2 }],
    topics: [{ name: "fuzz-topic", environment: "dev", subscriptions: [{ name: "fuzz-sub" }] }],
    keys: [{ id: "fuzz-key", environment: "dev", perTenant: false }],
    mailboxes: [{ name: "fuzz-mail", environment: "dev" }],
  });
  await server.start();
  pid = server.pid();
});
afterEach(async () => {
  expect(server.pid()).toBe(pid);
  expect((await fetch(`${server.url()}/_gantry/health`)).status).toBe(200);
  expect(server.lines.filter((line) => line.includes('"error"'))).toEqual([]);
});
afterAll(() => server.remove());

async function send(
  service: string,
  given: { method: string; path: string; query?: Record<string, string>; headers?: Record<string, string>; body?: string },
) {
  const signer = new SignatureV4({
    service,
    region: "local",
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    credentials: { accessKeyId: api.accessKeyId, secretAccessKey: api.secretKey },
  });
  const url = new URL(server.url());
  const { headers } = await signer.sign({
    protocol: "http:",
    hostname: url.hostname,
    port: Number(url.port),
    method: given.method,
    path: given.path,
    query: given.query ?? {},
    headers: { host: url.host, ...given.headers },
    body: given.body ?? "",
  });
  const query = Object.entries(given.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const { host: _host, ...rest } = headers;
  return fetch(`${server.url()}${given.path}${query === "" ? "" : `?${query}`}`, {
    method: given.method,
    headers: rest,
    ...(given.method === "GET" || given.method === "HEAD" ? {} : { body: given.body ?? "" }),
  });
}

const anyText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "../..", "\u0000", "-1", "99999999999999999999", "NaN", "__proto__", "constructor", "true"),
);
// What can be encoded as UTF-8.
const scrap = anyText.map((text) => Buffer.from(text).toString());
const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), scrap, fc.integer(), fc.constantFrom(null, [], {}, 1e308, -1));
const seed = 20_260;

test("S3 answers what is nearly right in its own words", async () => {
  const names = [
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "continuation-token",
    "uploads",
    "uploadId",
    "partNumber",
    "versionId",
    "versions",
    "key-marker",
    "version-id-marker",
    "tagging",
    "delete",
    "encoding-type",
    "acl",
  ];
  const query = fc.dictionary(fc.constantFrom(...names), scrap, { maxKeys: 4 });
  const xml = fc.oneof(
    scrap,
    fc.constantFrom(
      "<Delete><Object><Key>a</Key></Object></Delete>",
      "<Delete>",
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      "<a>".repeat(500),
      "<Tagging><TagSet><Tag/></TagSet></Tagging>",
      "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
      "&#xFFFFFFFF;",
    ),
  );
  const extra = fc.dictionary(
    fc.constantFrom(
      "range",
      "if-match",
      "if-none-match",
      "content-md5",
      "x-amz-copy-source",
      "x-amz-checksum-crc32",
      "x-amz-tagging",
      "x-amz-meta-a",
      "x-amz-decoded-content-length",
      "x-amz-trailer",
    ),
    fc.stringMatching(/^[!-~]{1,30}$/),
    { maxKeys: 3 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"),
      fc.constantFrom("/fuzz-bucket", "/fuzz-bucket/a", "/fuzz-bucket/%00%2F..%2F", "/", "/x"),
      query,
      extra,
      xml,
      async (method, path, given, headers, text) => {
        const hash = createHash("sha256")
          .update(method === "GET" || method === "HEAD" ? "" : text)
          .digest("hex");
        const response = await send("s3", {
          method,
          path,
          query: given,
          headers: { ...headers, "x-amz-content-sha256": hash },
          body: method === "GET" || method === "HEAD" ? "" : text,
        });
        const answer = await response.text();
        expect(response.status).not.toBe(500);
        if (response.status >= 400 && method !== "HEAD") expect(answer).toMatch(/<Error><Code>\w+<\/Code>/);
        expect(answer).not.toContain("<Code>SignatureDoesNotMatch");
      },
    ),
    { numRuns: 300, seed },
  );
});

test.each([
  [
    "sqs",
    "AmazonSQS",
    [
      "SendMessage",
      "SendMessageBatch",
      "ReceiveMessage",
      "DeleteMessage",
      "DeleteMessageBatch",
      "ChangeMessageVisibility",
      "GetQueueUrl",
      "GetQueueAttributes",
      "ListQueues",
      "constructor",
    ],
    {
      QueueUrl: "http://x/0/fuzz-queue",
      MessageBody: "x",
      ReceiptHandle: "a~1",
      Entries: [{ Id: "a", MessageBody: "b", ReceiptHandle: "c" }],
    },
    [
      "QueueUrl",
      "MessageBody",
      "ReceiptHandle",
      "Entries",
      "DelaySeconds",
      "VisibilityTimeout",
      "MaxNumberOfMessages",
      "MessageAttributes",
      "AttributeNames",
      "MessageAttributeNames",
      "MessageGroupId",
      "QueueName",
    ],
  ],
  [
    "kms",
    "TrentService",
    ["Encrypt", "Decrypt", "GenerateDataKey", "ReEncrypt", "DescribeKey", "GenerateRandom", "ListKeys", "toString"],
    { KeyId: "fuzz-key", Plaintext: "eA==", CiphertextBlob: "R0sxAA==", KeySpec: "AES_256" },
    ["KeyId", "Plaintext", "CiphertextBlob", "EncryptionContext", "KeySpec", "NumberOfBytes", "DestinationKeyId"],
  ],
] as const)("%s answers what is nearly right in its own words", async (service, prefix, operations, base, fields) => {
  const changes = fc.dictionary(fc.constantFrom(...fields), json, { maxKeys: 3 });
  const body = fc.oneof(
    { weight: 9, arbitrary: changes.map((one) => JSON.stringify({ ...base, ...one })) },
    { weight: 1, arbitrary: scrap },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...operations), body, async (operation, text) => {
      const response = await send(service, {
        method: "POST",
        path: "/",
        headers: { "x-amz-target": `${prefix}.${operation}`, "content-type": "application/x-amz-json-1.0" },
        body: text,
      });
      const answer = (await response.json()) as { __type?: string };
      expect([200, 400, 403, 404]).toContain(response.status);
      if (response.status !== 200) expect(answer.__type).toMatch(/^(com\.amazonaws\.sqs#)?\w+$/);
      expect(answer.__type ?? "").not.toContain("Signature");
    }),
    { numRuns: 300, seed },
  );
});

test("Pub/Sub answers what is nearly right in its own words", async () => {
  const places = [
    "topics/fuzz-topic:publish",
    "topics",
    "topics/%00",
    "subscriptions/fuzz-sub:pull",
    "subscriptions/fuzz-sub:acknowledge",
    "subscriptions/fuzz-sub:modifyAckDeadline",
    "subscriptions/fuzz-new",
    "subscriptions/fuzz-sub:seek",
    "subscriptions/%ff",
  ];
  const base = {
    topic: "projects/p/topics/fuzz-topic",
    messages: [{ data: "eA==" }],
    maxMessages: 1,
    returnImmediately: true,
    ackIds: ["a~1"],
    ackDeadlineSeconds: 10,
  };
  const { returnImmediately: _one, ...changeable } = base;
  const changes = fc.dictionary(fc.constantFrom(...Object.keys(changeable), "pushConfig", "deadLetterPolicy", "filter"), json, {
    maxKeys: 3,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "PUT", "POST", "DELETE"),
      fc.constantFrom(...places),
      changes,
      async (method, place, given) => {
        // What the spec declares stays for the next round.
        if (method === "DELETE" && place.startsWith("subscriptions/fuzz-sub")) return;
        const response = await fetch(`${server.url()}/v1/projects/p/${place}`, {
          method,
          headers: { authorization: `Bearer ${api.accessKeyId}.${api.secretKey}` },
          ...(method === "GET" ? {} : { body: JSON.stringify({ ...base, ...given }) }),
        });
        const answer = (await response.json()) as { error?: { status?: string } };
        expect(response.status).not.toBe(500);
        if (!response.ok) expect(answer.error?.status).toMatch(/^[A-Z_]+$/);
      },
    ),
    { numRuns: 300, seed },
  );
});

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("error", () => undefined);
  socket.setEncoding("latin1").on("data", (part: string) => (answer += part));
  await once(socket, "connect");
  socket.end(text, "latin1");
  await once(socket, "close");
  return answer;
}

test("HTTP that is none gets a 4xx or nothing", async () => {
  const line = fc.constantFrom(
    "GET / HTTP/1.1",
    "PUT /fuzz-bucket/a HTTP/1.1",
    "POST /v1/projects/p/topics HTTP/1.1",
    "GET http://x/ HTTP/1.1",
    "\u0000\u00ff",
    "GET / HTTP/9",
  );
  const headers = fc.array(
    fc.constantFrom(
      "host: x",
      "content-length: 5",
      "content-length: -1",
      "transfer-encoding: chunked",
      "transfer-encoding: x",
      "expect: 100-continue",
      "x-amz-target: AmazonSQS.SendMessage",
      "authorization: AWS4-HMAC-SHA256 Credential=////,SignedHeaders=host,Signature=0",
      `x-a: ${"y".repeat(40_000)}`,
      "\u0000",
    ),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(line, headers, fc.string({ maxLength: 30 }), async (first, given, body) => {
      expect(await raw(server.port(), `${[first, ...given].join("\r\n")}\r\n\r\n${body}`)).toMatch(
        /^$|^HTTP\/1\.1 (100|4\d\d|501)/,
      );
    }),
    { numRuns: 150, seed },
  );
});

test("SMTP that is none gets an SMTP answer or nothing", async () => {
  const auth = `AUTH PLAIN ${Buffer.from(`\0${api.accessKeyId}\0${api.secretKey}`).toString("base64")}`;
  const line = fc.oneof(
    fc.constantFrom(
      "EHLO x",
      auth,
      "AUTH PLAIN",
      "AUTH LOGIN",
      "MAIL FROM:<a@b>",
      "MAIL FROM:<>",
      "RCPT TO:<c@d>",
      "RCPT TO:<\u00ff>",
      "DATA",
      ".",
      "RSET",
      "STARTTLS",
      "BDAT 5",
      "XCLIENT NAME=x",
      "x".repeat(5_000),
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      for (const answered of (await raw(server.smtpPort(), `${lines.join("\r\n")}\r\nQUIT\r\n`)).split("\r\n"))
        expect(answered).toMatch(/^$|^[2345]\d\d[ -]/);
    }),
    { numRuns: 100, seed },
  );
});
