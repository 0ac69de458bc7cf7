import { pipeline } from "node:stream/promises";
import { Fault } from "../fault.ts";
import { header } from "../http/exchange.ts";
import type { Bucket } from "./bucket.ts";
import { answerEmpty, type Call, type S3Operation } from "./call.ts";
import { readCondition } from "./conditions.ts";
import { versionHeaders } from "./object-headers.ts";
import type { ObjectVersion } from "./object-version.ts";

/** The version that a call names, if it is one that can be read. */
export function versionOf(call: Call, bucket: Bucket): ObjectVersion {
  const versionId = call.query.get("versionId");
  const found = bucket.find(call.key, versionId);
  if (found && found.isMarker !== true) return found;
  const headers: Record<string, string> = found ? { "x-amz-delete-marker": "true", "x-amz-version-id": found.versionId } : {};
  if (versionId === undefined) throw new Fault("NoSuchKey", 404, "The specified key does not exist.", headers);
  if (found) throw new Fault("MethodNotAllowed", 405, "The specified method is not allowed against this resource.", headers);
  throw new Fault("NoSuchVersion", 404, "The specified version does not exist.");
}

/** GetObject and HeadObject. */
export const readObject: S3Operation = async (call) => {
  const { exchange, query } = call;
  const bucket = await call.bucket("read");
  const version = versionOf(call, bucket);
  const overrides = [...query].flatMap(([name, value]): [string, string][] => {
    const named = /^response-(content-type|content-language|expires|cache-control|content-disposition|content-encoding)$/.exec(
      name,
    )?.[1];
    return named === undefined ? [] : [[named, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "")]];
  });
  const headers = { ...versionHeaders(call, version, bucket.config().versioning), ...Object.fromEntries(overrides) };
  if (readCondition(exchange.request.headers, version) === "not-modified") return answerEmpty(call, 304, headers);

  const range = rangeOf(header(exchange, "range"), version.size);
  const [from, to] = range ?? [0, version.size - 1];
  exchange.response.writeHead(range ? 206 : 200, {
    // A checksum is that of the whole.
    ...(range ? Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-"))) : headers),
    "content-length": to - from + 1,
    ...(range ? { "content-range": `bytes ${from}-${to}/${version.size}` } : {}),
  });
  if (exchange.method === "HEAD" || version.size === 0) return void exchange.response.end();
  try {
    await pipeline(bucket.blobs.read(version.blobs, from, to), exchange.response);
  } catch (error) {
    // A client that hangs up is no fault of ours.
    if (!exchange.gone.aborted) throw error;
  }
};

/** One range; with several, or one that is none, all of it, as S3 does. */
export function rangeOf(range: string | undefined, size: number): readonly [from: number, to: number] | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < from) return undefined;
  if (from >= size || (first === "" && Number(last) === 0))
    throw new Fault("InvalidRange", 416, "The requested range is not satisfiable", { "content-range": `bytes */${size}` });
  return [from, to];
}
