import { createHash, createHmac, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  type ChecksumAlgorithm,
} from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ResourcePrincipal } from "../../src/wire/resources.ts";
import { principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";
import { Sha256 } from "../support/sha256.ts";

const Bucket = "shop-dev-documents";
const Versioned = "shop-dev-versions";
const all = ["read", "write"] as const;
const api = principal("dev", "api", [
  { kind: "bucket", resource: Bucket, access: all },
  { kind: "bucket", resource: Versioned, access: all },
]);
const reader = principal("dev", "reader", [{ kind: "bucket", resource: Bucket, access: ["read"] }]);
const other = principal("prod", "api", [{ kind: "bucket", resource: "shop-prod-documents", access: all }]);

let server: ResourceServer;
const clients: S3Client[] = [];
let s3: S3Client;

function clientOf({ accessKeyId, secretKey }: ResourcePrincipal, secretAccessKey = secretKey): S3Client {
  const client = new S3Client({
    endpoint: server.url(),
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  server = await resourceServer({
    principals: [api, reader, other],
    buckets: [
      { name: Bucket, environment: "dev", versioning: false, corsOrigins: ["http://web.dev.localhost:8080"] },
      { name: Versioned, environment: "dev", versioning: true },
      { name: "shop-prod-documents", environment: "prod", versioning: false },
    ],
  });
  await server.start();
  s3 = clientOf(api);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.remove();
});

async function textOf(
  Key: string,
  rest: { Range?: string; VersionId?: string; Bucket?: string } = {},
): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...rest }));
  return Body?.transformToString();
}

describe("an object", () => {
  test("comes back as it was put, with what was said about it", async () => {
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "a/b.txt",
        Body: "hello",
        ContentType: "text/plain",
        CacheControl: "no-cache",
        Metadata: { owner: "anna" },
        Tagging: "kind=letter",
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b.txt", ChecksumMode: "ENABLED" }));
    expect(put.ETag).toBe(`"${createHash("md5").update("hello").digest("hex")}"`);
    expect(await got.Body?.transformToString()).toBe("hello");
    expect(got).toMatchObject({
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { owner: "anna" },
      ContentLength: 5,
      TagCount: 1,
      ETag: put.ETag,
    });
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a/b.txt" }));
    expect(head).toMatchObject({ ContentLength: 5, Metadata: { owner: "anna" } });
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] satisfies ChecksumAlgorithm[])(
    "is streamed in chunks with a %s trailer that is verified",
    async (ChecksumAlgorithm) => {
      const bytes = randomBytes(300_000);
      const Body = Readable.from([bytes.subarray(0, 1), bytes.subarray(1, 200_000), bytes.subarray(200_000)]);
      await s3.send(new PutObjectCommand({ Bucket, Key: "streamed", Body, ContentLength: bytes.length, ChecksumAlgorithm }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "streamed", ChecksumMode: "ENABLED" }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    },
  );

  test("may have any name, and none is a file", async () => {
    const names = [
      "../../../etc/passwd",
      "..",
      "a//b",
      "/lead",
      "trail/",
      "sp ace+plus%25?#&=;",
      "ünï/\u{1f600}",
      "x".repeat(1024),
      "con",
      "-rf",
      "'\"<>&*()!~",
    ];
    for (const Key of names) {
      await s3.send(new PutObjectCommand({ Bucket, Key: `names/${Key}`.slice(0, 1024), Body: Key }));
      expect(await textOf(`names/${Key}`.slice(0, 1024))).toBe(Key);
    }
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "names/", EncodingType: "url" }));
    expect(new Set(Contents?.map(({ Key }) => decodeURIComponent(Key ?? "")))).toEqual(
      new Set(names.map((Key) => `names/${Key}`.slice(0, 1024))),
    );
    const files = readdirSync(path.join(server.folder, "state"), { recursive: true }).map(String);
    expect(files.filter((file) => file.includes("passwd") || file.includes("lead"))).toEqual([]);
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: "x".repeat(1025), Body: "x" }))).rejects.toMatchObject({
      name: "KeyTooLongError",
    });
  });

  test("gives the range that is asked for", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "range", Body: "0123456789" }));
    expect(await textOf("range", { Range: "bytes=2-4" })).toBe("234");
    expect(await textOf("range", { Range: "bytes=7-" })).toBe("789");
    expect(await textOf("range", { Range: "bytes=-2" })).toBe("89");
    expect(await textOf("range", { Range: "bytes=8-100" })).toBe("89");
    await expect(textOf("range", { Range: "bytes=10-" })).rejects.toMatchObject({ name: "InvalidRange" });
    const part = await s3.send(new GetObjectCommand({ Bucket, Key: "range", Range: "bytes=2-4" }));
    expect(part).toMatchObject({ ContentRange: "bytes 2-4/10", ContentLength: 3 });
    await part.Body?.transformToString();
  });

  test("is read and written under conditions", async () => {
    const Key = "conditions";
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "1", IfNoneMatch: "*" }));
    await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: "2", IfNoneMatch: "*" }))).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: "2", IfMatch: '"0"' }))).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await expect(s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: '"0"' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: "3", IfMatch: ETag }));
    expect(await textOf(Key)).toBe("3");
  });

  test("is made by one only, of many who try at once", async () => {
    const tries = Array.from({ length: 20 }, (_, at) =>
      s3.send(new PutObjectCommand({ Bucket, Key: "race", Body: `${at}`, IfNoneMatch: "*" })),
    );
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("is not there after it was deleted, one or many", async () => {
    for (const Key of ["d1", "d2", "d3 <&>"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "d1" }));
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "d2" }, { Key: "d3 <&>" }, { Key: "never" }] } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["d2", "d3 <&>", "never"]);
    for (const Key of ["d1", "d2", "d3 <&>"]) await expect(textOf(Key)).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "d1" }))).rejects.toMatchObject({ name: "NotFound" });
  });

  test("is copied with what is said about it, or with something else", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "from ü", Body: "copy me", Metadata: { a: "1" } }));
    const CopySource = `${Bucket}/${encodeURIComponent("from ü")}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    await s3.send(
      new CopyObjectCommand({ Bucket: Versioned, Key: "to", CopySource, MetadataDirective: "REPLACE", Metadata: { b: "2" } }),
    );
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "from ü" }));
    expect(await textOf("to")).toBe("copy me");
    expect(await textOf("to", { Bucket: Versioned })).toBe("copy me");
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "to" }))).Metadata).toEqual({ a: "1" });
    expect((await s3.send(new HeadObjectCommand({ Bucket: Versioned, Key: "to" }))).Metadata).toEqual({ b: "2" });
  });

  test("has tags", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "tags", Body: "x" }));
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tags", Tagging: { TagSet: [{ Key: "a", Value: "<1>" }] } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tags" }))).TagSet).toEqual([{ Key: "a", Value: "<1>" }]);
  });
});

describe("a list", () => {
  test("is what a plain sort and cut of the keys gives, page by page", async () => {
    const segment = fc.stringMatching(/^[ab\uFFEE\u{1F600}]{1,2}$/u);
    const keys = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
      { maxLength: 12 },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(keys, fc.constantFrom("", "/"), fc.integer({ min: 1, max: 4 }), async (given, Delimiter, MaxKeys) => {
        round += 1;
        const Prefix = `list-${round}/`;
        await Promise.all(given.map((key) => s3.send(new PutObjectCommand({ Bucket, Key: Prefix + key, Body: "x" }))));
        const found: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, Delimiter, MaxKeys, ContinuationToken }));
          expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
          found.push(
            ...[...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map((one) => one.Prefix)].map(
              String,
            ),
          );
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);
        const wanted = given.map(
          (key) => Prefix + (Delimiter === "" || !key.includes("/") ? key : key.slice(0, key.indexOf("/") + 1)),
        );
        expect(new Set(found)).toEqual(new Set(wanted));
        expect(found).toHaveLength(new Set(wanted).size);
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  test("is in the order of the bytes of UTF-8", async () => {
    const names = ["order/a", "order/\uFFEE", "order/\u{1F600}", "order/Z", "order/é"];
    for (const Key of names) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "order/" }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(
      names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
    );
  });
});

describe("an upload in parts", () => {
  const part = randomBytes(5 * 1024 * 1024);

  test("is one object in the end, also in ranges over its parts", async () => {
    const Key = "large";
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "video/mp4" }));
    const tail = Buffer.from("tail");
    const parts = [];
    for (const [index, Body] of [part, part, tail].entries()) {
      const { ETag, ChecksumCRC32 } = await s3.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, Body }),
      );
      parts.push({ ETag, PartNumber: index + 1, ChecksumCRC32 });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed.Parts?.map(({ Size }) => Size)).toEqual([part.length, part.length, 4]);
    await expect(textOf(Key)).rejects.toMatchObject({ name: "NoSuchKey" });
    const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
    expect(done.ETag).toMatch(/-3"$/);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect(got).toMatchObject({ ContentLength: 2 * part.length + 4, ContentType: "video/mp4" });
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat([part, part, tail]))).toBe(true);
    const edge = await s3.send(
      new GetObjectCommand({ Bucket, Key, Range: `bytes=${2 * part.length - 2}-${2 * part.length + 1}` }),
    );
    expect(Buffer.from((await edge.Body?.transformToByteArray()) ?? [])).toEqual(
      Buffer.concat([part.subarray(-2), tail.subarray(0, 2)]),
    );
  });

  test("refuses parts that are too small, out of order or other ones, and is gone when aborted", async () => {
    const Key = "refused";
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const made = [];
    for (const PartNumber of [1, 2])
      made.push({
        PartNumber,
        ETag: (await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: "small" }))).ETag,
      });
    const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    await expect(complete(made)).rejects.toMatchObject({ name: "EntityTooSmall" });
    await expect(complete(made.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ PartNumber: 1, ETag: '"0"' }])).rejects.toMatchObject({ name: "InvalidPart" });
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    await expect(complete(made)).rejects.toMatchObject({ name: "NoSuchUpload" });
  });
});

describe("versions", () => {
  test("stay until they are deleted by their id", async () => {
    const at = { Bucket: Versioned, Key: "v" };
    const one = await s3.send(new PutObjectCommand({ ...at, Body: "one" }));
    const two = await s3.send(new PutObjectCommand({ ...at, Body: "two" }));
    const gone = await s3.send(new DeleteObjectCommand(at));
    expect(gone.DeleteMarker).toBe(true);
    await expect(textOf("v", { Bucket: Versioned })).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(await textOf("v", { Bucket: Versioned, VersionId: String(one.VersionId) })).toBe("one");
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: Versioned, Prefix: "v" }));
    expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([two.VersionId, one.VersionId]);
    expect(listed.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([[gone.VersionId, true]]);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: Versioned, Prefix: "v" }))).KeyCount).toBe(0);
    await s3.send(new DeleteObjectCommand({ ...at, VersionId: gone.VersionId }));
    expect(await textOf("v", { Bucket: Versioned })).toBe("two");
    await s3.send(new DeleteObjectCommand({ ...at, VersionId: two.VersionId }));
    expect(await textOf("v", { Bucket: Versioned })).toBe("one");
  });

  test("are listed page by page", async () => {
    for (const Key of ["p/1", "p/1", "p/1", "p/2", "p/3"])
      await s3.send(new PutObjectCommand({ Bucket: Versioned, Key, Body: "x" }));
    const found: string[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (let isTruncated = true; isTruncated;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket: Versioned, Prefix: "p/", MaxKeys: 2, ...markers }));
      found.push(...(page.Versions ?? []).map(({ Key }) => String(Key)));
      isTruncated = page.IsTruncated === true;
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(found).toEqual(["p/1", "p/1", "p/1", "p/2", "p/3"]);
  });
});

describe("a service", () => {
  test("sees the buckets that it was given, and no others", async () => {
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket, Versioned]);
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).resolves.toBeDefined();
    const foreign = clientOf(other);
    await expect(foreign.send(new GetObjectCommand({ Bucket, Key: "a/b.txt" }))).rejects.toMatchObject({
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(foreign.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    const CopySource = `${Bucket}/a/b.txt`;
    await expect(
      foreign.send(new CopyObjectCommand({ Bucket: "shop-prod-documents", Key: "stolen", CopySource })),
    ).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(s3.send(new ListObjectsV2Command({ Bucket: "no-such-bucket" }))).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  test("that may only read writes nothing", async () => {
    const client = clientOf(reader);
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).resolves.toBeDefined();
    await expect(client.send(new PutObjectCommand({ Bucket, Key: "no", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: "a/b.txt" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(client.send(new CreateMultipartUploadCommand({ Bucket, Key: "no" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  test("with a wrong secret is refused", async () => {
    const client = clientOf(api, "another-secret-0123456789");
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  });
});

describe("a presigned URL", () => {
  async function presign(method: string, place: string, expiresIn: number, signingDate = new Date()): Promise<string> {
    const signer = new SignatureV4({
      service: "s3",
      region: "us-east-1",
      sha256: Sha256,
      uriEscapePath: false,
      credentials: { accessKeyId: api.accessKeyId, secretAccessKey: api.secretKey },
    });
    const host = `127.0.0.1:${server.port()}`;
    const request = {
      protocol: "http:",
      hostname: "127.0.0.1",
      port: server.port(),
      method,
      path: place,
      query: {},
      headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    };
    const { query = {} } = await signer.presign(request, { expiresIn, signingDate });
    const pairs = Object.entries(query).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
    );
    return `${server.url()}${place}?${pairs.join("&")}`;
  }

  test("lets whoever has it do that one thing, for that long", async () => {
    const place = `/${Bucket}/presigned%20%C3%BC`;
    expect((await fetch(await presign("PUT", place, 60), { method: "PUT", body: "from a page" })).status).toBe(200);
    const url = await presign("GET", place, 60);
    expect(await (await fetch(url)).text()).toBe("from a page");
    expect(await textOf("presigned ü")).toBe("from a page");
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(url.replace("presigned", "another"))).status).toBe(403);
    const old = await presign("GET", place, 60, new Date(Date.now() - 61_000));
    expect(await (await fetch(old)).text()).toContain("<Message>Request has expired</Message>");
  });
});

test("a body in signed chunks is kept when each is the signer's, and not otherwise", async () => {
  const place = `/${Bucket}/signed-chunks`;
  const parts = [Buffer.alloc(70_000, "a"), Buffer.from("tail"), Buffer.alloc(0)];
  const sha = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
  const mac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  async function put(change: (body: Buffer) => Buffer): Promise<Response> {
    const signer = new SignatureV4({
      service: "s3",
      region: "us-east-1",
      sha256: Sha256,
      uriEscapePath: false,
      credentials: { accessKeyId: api.accessKeyId, secretAccessKey: api.secretKey },
    });
    const { headers } = await signer.sign({
      protocol: "http:",
      hostname: "127.0.0.1",
      port: server.port(),
      method: "PUT",
      path: place,
      query: {},
      headers: {
        host: `127.0.0.1:${server.port()}`,
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "x-amz-decoded-content-length": "70004",
      },
    });
    const time = String(headers["x-amz-date"]);
    const day = time.slice(0, 8);
    const key = [day, "us-east-1", "s3", "aws4_request"].reduce<string | Buffer>(mac, `AWS4${api.secretKey}`);
    let previous = String(headers["authorization"]).split("Signature=")[1] ?? "";
    const body = parts.map((data) => {
      previous = mac(
        key,
        ["AWS4-HMAC-SHA256-PAYLOAD", time, `${day}/us-east-1/s3/aws4_request`, previous, sha(""), sha(data)].join("\n"),
      ).toString("hex");
      return Buffer.concat([
        Buffer.from(`${data.length.toString(16)};chunk-signature=${previous}\r\n`),
        data,
        Buffer.from("\r\n"),
      ]);
    });
    const { host: _host, ...rest } = headers;
    return fetch(`${server.url()}${place}`, { method: "PUT", headers: rest, body: new Uint8Array(change(Buffer.concat(body))) });
  }
  expect((await put((body) => body)).status).toBe(200);
  expect(await textOf("signed-chunks")).toBe(`${"a".repeat(70_000)}tail`);
  const forged = await put((body) => Buffer.from(body.toString("latin1").replace("tail", "fake"), "latin1"));
  expect([forged.status, await forged.text()]).toEqual([403, expect.stringContaining("SignatureDoesNotMatch")]);
  expect(await textOf("signed-chunks")).toBe(`${"a".repeat(70_000)}tail`);
});

test("a body that is not what its checksum says is not kept", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "sound", Body: "sound" }));
  for (const wrong of [
    { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" },
    { ChecksumCRC32: "AAAAAA==" },
    { ChecksumSHA256: `${"A".repeat(43)}=` },
  ])
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: "sound", Body: "broken", ...wrong }))).rejects.toMatchObject({
      name: "BadDigest",
    });
  expect(await textOf("sound")).toBe("sound");
});

test("pages of an origin that the bucket names may use it, and of no other", async () => {
  const ask = (origin: string) =>
    fetch(`${server.url()}/${Bucket}/x`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "PUT", "access-control-request-headers": "content-type" },
    });
  const good = await ask("http://web.dev.localhost:8080");
  expect([good.status, good.headers.get("access-control-allow-origin")]).toEqual([204, "http://web.dev.localhost:8080"]);
  expect((await ask("http://evil.example")).status).toBe(403);
});

test("what is no longer referred to leaves no file", async () => {
  const blobs = () =>
    readdirSync(path.join(server.folder, "state"), { recursive: true }).filter((file) => /blobs\/./.test(String(file))).length;
  await s3.send(new PutObjectCommand({ Bucket, Key: "files", Body: "1" }));
  const before = blobs();
  for (let round = 0; round < 5; round += 1) await s3.send(new PutObjectCommand({ Bucket, Key: "files", Body: `${round}` }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "files" }));
  await vi.waitFor(() => expect(blobs()).toBe(before - 1));
});
