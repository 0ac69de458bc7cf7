import { createHash } from "node:crypto";
import { createCrc32, createCrc32c, createCrc64nvme, type Crc } from "../crc.ts";
import { decodeChunks } from "../aws-chunked.ts";
import { Fault } from "../fault.ts";
import { header, type Exchange } from "../http/exchange.ts";
import { isSame } from "../principals.ts";
import type { Signature } from "../sigv4.ts";

// The bytes of a request's body, out of their chunks, and whether they are those that the client meant: by the signature's hash, Content-MD5,
// and `x-amz-checksum-…` in a header or a trailer.

export type Payload = {
  /** Ends with a fault when the bytes are not those that were promised. To be read once. */
  readonly data: AsyncIterable<Buffer>;
  /** In hex, once all is read. */
  readonly md5: () => string;
  /** Those that the client sent and that were found right, in base64. */
  readonly checksums: () => Readonly<Record<string, string>>;
};

const creators: Readonly<Record<string, () => Crc>> = {
  crc32: createCrc32,
  crc32c: createCrc32c,
  crc64nvme: createCrc64nvme,
  sha1: () => hashing("sha1"),
  sha256: () => hashing("sha256"),
};

export function createChecksum(algorithm: string): Crc | undefined {
  const name = algorithm.toLowerCase();
  return Object.hasOwn(creators, name) ? creators[name]?.() : undefined;
}

function hashing(algorithm: string): Crc {
  const hash = createHash(algorithm);
  return { update: (data) => void hash.update(data), digest: () => hash.digest() };
}

const checksumHeader = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

export function openPayload(exchange: Exchange, signature: Signature, { hasChecksumHeaders = true } = {}): Payload {
  const { request } = exchange;
  const trailers = new Map<string, string>();
  const md5 = createHash("md5");
  let digest = "";
  const found: Record<string, string> = {};

  const wanted = new Map<string, string>();
  for (const [name, value] of hasChecksumHeaders ? Object.entries(request.headers) : []) {
    const algorithm = checksumHeader.exec(name)?.[1];
    if (algorithm !== undefined && typeof value === "string") wanted.set(algorithm, value);
  }
  const announced = (header(exchange, "x-amz-trailer") ?? "")
    .split(",")
    .flatMap((name) => checksumHeader.exec(name.trim().toLowerCase())?.[1] ?? []);
  const sums = new Map([...wanted.keys(), ...announced].map((algorithm) => [algorithm, createChecksum(algorithm)] as const));
  const bodyHash = /^[0-9a-f]{64}$/.test(signature.payload) ? createHash("sha256") : undefined;
  const source = sourceOf(exchange, signature, trailers);
  const { decodedLength } = source;

  async function* read(): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const data of source.data) {
      size += data.length;
      if (decodedLength !== undefined && size > decodedLength) break;
      md5.update(data);
      bodyHash?.update(data);
      for (const sum of sums.values()) sum?.update(data);
      yield data;
    }
    if (decodedLength !== undefined && size !== decodedLength)
      throw new Fault(
        "IncompleteBody",
        400,
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      );
    digest = md5.digest("hex");
    verify();
  }

  function verify(): void {
    if (bodyHash && !isSame(bodyHash.digest("hex"), signature.payload))
      throw new Fault(
        "XAmzContentSHA256Mismatch",
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    const given = header(exchange, "content-md5");
    if (given !== undefined) {
      if (!/^[A-Za-z0-9+/]{22}==$/.test(given))
        throw new Fault("InvalidDigest", 400, "The Content-MD5 you specified is not valid.");
      if (Buffer.from(given, "base64").toString("hex") !== digest)
        throw new Fault("BadDigest", 400, "The Content-MD5 you specified did not match what we received.");
    }
    for (const algorithm of announced) {
      const value = trailers.get(`x-amz-checksum-${algorithm}`);
      if (value === undefined)
        throw new Fault("MalformedTrailerError", 400, "The request contained trailing data that was not well-formed");
      wanted.set(algorithm, value);
    }
    for (const [algorithm, value] of wanted) {
      const computed = sums.get(algorithm)?.digest().toString("base64");
      if (computed !== value)
        throw new Fault("BadDigest", 400, `The ${algorithm.toUpperCase()} you specified did not match what we received.`);
      found[algorithm] = value;
    }
  }

  return { data: read(), md5: () => digest, checksums: () => found };
}

function sourceOf(
  exchange: Exchange,
  { payload, chunks }: Signature,
  trailers: Map<string, string>,
): { data: AsyncIterable<Buffer>; decodedLength: number | undefined } {
  if (payload === "UNSIGNED-PAYLOAD" || /^[0-9a-f]{64}$/.test(payload)) {
    const length = header(exchange, "content-length");
    return { data: exchange.body, decodedLength: length === undefined ? undefined : Number(length) };
  }
  const modes: Readonly<Record<string, { readonly isSigned: boolean; readonly hasTrailer: boolean }>> = {
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { isSigned: true, hasTrailer: false },
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { isSigned: true, hasTrailer: true },
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { isSigned: false, hasTrailer: true },
  };
  const mode = Object.hasOwn(modes, payload) ? modes[payload] : undefined;
  if (!mode)
    throw new Fault("InvalidRequest", 400, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a way to stream, or a SHA-256 in hex");
  const length = header(exchange, "x-amz-decoded-content-length");
  if (length === undefined || !/^\d{1,15}$/.test(length))
    throw new Fault("MissingContentLength", 411, "You must provide the x-amz-decoded-content-length HTTP header.");
  const data = decodeChunks(exchange.body, trailers, {
    ...(mode.isSigned ? { signed: chunks } : {}),
    hasTrailer: mode.hasTrailer,
  });
  return { data, decodedLength: Number(length) };
}
