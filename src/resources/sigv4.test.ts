import { describe, expect, test } from "vitest";
import type { ResourcePrincipal } from "../wire/resources.ts";
import { createCrc32c } from "./crc.ts";
import { decodeChunks } from "./aws-chunked.ts";
import { type SignedRequest, verifySignature } from "./sigv4.ts";

// The examples of Amazon's own documentation:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, …/sigv4-query-string-auth.html, …/sigv4-streaming.html and
// …/sigv4-streaming-trailers.html

const principal: ResourcePrincipal = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  environment: "dev",
  service: "api",
  grants: [],
};
const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const time = "20130524T000000Z";
const host = "examplebucket.s3.amazonaws.com";
const now = Date.parse("2013-05-24T00:00:00Z");

function verify(request: SignedRequest, at = now) {
  return verifySignature(request, {
    service: "s3",
    now: at,
    principalOf: (id) => (id === principal.accessKeyId ? principal : undefined),
  });
}

function signed(names: string, signature: string): string {
  return `AWS4-HMAC-SHA256 Credential=${principal.accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names},Signature=${signature}`;
}

const get: SignedRequest = {
  method: "GET",
  path: "/test.txt",
  query: "",
  headers: {
    host,
    range: "bytes=0-9",
    "x-amz-content-sha256": empty,
    "x-amz-date": time,
    authorization: signed(
      "host;range;x-amz-content-sha256;x-amz-date",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
  },
};
const about = { host, "x-amz-content-sha256": empty, "x-amz-date": time };
const examples: readonly (readonly [string, SignedRequest])[] = [
  ["GetObject", get],
  [
    "PutObject",
    {
      method: "PUT",
      path: "/test$file.text",
      query: "",
      headers: {
        ...about,
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        authorization: signed(
          "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
      },
    },
  ],
  [
    "a sub-resource",
    {
      method: "GET",
      path: "/",
      query: "lifecycle",
      headers: {
        ...about,
        authorization: signed(
          "host;x-amz-content-sha256;x-amz-date",
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
      },
    },
  ],
  [
    "a list",
    {
      method: "GET",
      path: "/",
      query: "max-keys=2&prefix=J",
      headers: {
        ...about,
        authorization: signed(
          "host;x-amz-content-sha256;x-amz-date",
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
      },
    },
  ],
  [
    "a presigned URL",
    {
      method: "GET",
      path: "/test.txt",
      query: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${principal.accessKeyId}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=${time}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
      headers: { host },
    },
  ],
];

describe("a signature", () => {
  test.each(examples)("is right for %s as Amazon signs it", (_name, request) => {
    expect(verify(request).principal).toBe(principal);
  });

  test.each(examples)("is wrong for %s when anything of it is another", (_name, request) => {
    const others: SignedRequest[] = [
      { ...request, method: "DELETE" },
      { ...request, path: `${request.path}x` },
      { ...request, query: request.query === "" ? "versionId=1" : `${request.query}&versionId=1` },
      { ...request, headers: { ...request.headers, host: "other.s3.amazonaws.com" } },
      { ...request, headers: { ...request.headers, "x-amz-meta-added": "1" } },
    ];
    for (const other of others) expect(() => verify(other)).toThrow(expect.objectContaining({ status: 403 }));
  });

  test("is good for a quarter of an hour, or as long as its URL says", () => {
    expect(() => verify(get, now + 14 * 60_000)).not.toThrow();
    expect(() => verify(get, now + 16 * 60_000)).toThrow(expect.objectContaining({ code: "RequestTimeTooSkewed" }));
    const presigned = examples[4]?.[1] ?? get;
    expect(() => verify(presigned, now + 86_399_000)).not.toThrow();
    expect(() => verify(presigned, now + 86_401_000)).toThrow("expired");
    expect(() => verify(presigned, now - 16 * 60_000)).toThrow(expect.objectContaining({ code: "RequestTimeTooSkewed" }));
  });

  test("of nobody, or for another service, is none", () => {
    expect(() => verify({ ...get, headers: { host } })).toThrow(expect.objectContaining({ status: 403 }));
    const options = { service: "sqs", now, principalOf: () => principal } as const;
    expect(() => verifySignature(get, options)).toThrow(expect.objectContaining({ code: "AuthorizationHeaderMalformed" }));
  });
});

function chunk(text: string, signature: string): string {
  return `${text.length.toString(16)};chunk-signature=${signature}\r\n${text}\r\n`;
}

const streamed = {
  plain: {
    hasTrailer: false,
    seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    body: [
      chunk("a".repeat(65_536), "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
      chunk("a".repeat(1_024), "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
      chunk("", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
    ].join(""),
  },
  "with a trailer": {
    hasTrailer: true,
    seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    body: [
      chunk("a".repeat(65_536), "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"),
      chunk("a".repeat(1_024), "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"),
      "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n",
      "x-amz-checksum-crc32c:sOO8/Q==\r\n",
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
    ].join(""),
  },
};

async function decode(
  { body, seed, hasTrailer }: (typeof streamed)["plain"],
  size: number,
): Promise<{ data: Buffer; trailers: Map<string, string> }> {
  const bytes = Buffer.from(body, "latin1");
  const key = verify(get).chunks.key;
  async function* source(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const trailers = new Map<string, string>();
  const parts = [];
  for await (const part of decodeChunks(source(), trailers, {
    signed: { key, time, scope: "20130524/us-east-1/s3/aws4_request", seed },
    hasTrailer,
  }))
    parts.push(part);
  return { data: Buffer.concat(parts), trailers };
}

describe("a body in signed chunks", () => {
  test.each(Object.entries(streamed))("%s is read as Amazon signs it, however it is cut", async (_name, example) => {
    for (const size of [7, 1_000, 65_536, 100_000])
      expect((await decode(example, size)).data.toString()).toBe("a".repeat(66_560));
  });

  test("has the trailer that belongs to its data", async () => {
    const { data, trailers } = await decode(streamed["with a trailer"], 10_000);
    const crc = createCrc32c();
    crc.update(data);
    expect(trailers.get("x-amz-checksum-crc32c")).toBe(crc.digest().toString("base64"));
  });

  test.each(Object.entries(streamed))("%s is refused when a byte of it is another or missing", async (_name, example) => {
    const places = [0, 3, 30, 200, 65_000, 65_700, example.body.length - 60, example.body.length - 200];
    for (const at of places) {
      const changed =
        example.body.slice(0, at) + String.fromCharCode(example.body.charCodeAt(at) ^ 1) + example.body.slice(at + 1);
      await expect(decode({ ...example, body: changed }, 10_000)).rejects.toThrow();
      await expect(decode({ ...example, body: example.body.slice(0, at) }, 10_000)).rejects.toThrow();
    }
    await expect(decode({ ...example, body: `${example.body}x` }, 10_000)).rejects.toThrow();
  });
});
