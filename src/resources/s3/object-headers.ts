import { Fault } from "../fault.ts";
import { limits } from "../limits.ts";
import { parseQuery } from "../sigv4.ts";
import type { Call } from "./call.ts";
import type { ObjectVersion } from "./object-version.ts";

const kept = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-disposition",
  "cache-control",
  "expires",
  "x-amz-website-redirect-location",
];

/** What a client says about an object, as it is kept and said again. */
export function headersOf({ exchange }: Call): Record<string, string> {
  const entries = Object.entries(exchange.request.headers).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== "string") return [];
    if (name === "content-encoding") {
      const encodings = value.split(",").map((one) => one.trim());
      const own = encodings.filter((one) => one !== "aws-chunked" && one !== "");
      return own.length === 0 ? [] : [[name, own.join(", ")]];
    }
    return kept.includes(name) || name.startsWith("x-amz-meta-") ? [[name, value]] : [];
  });
  const meta = entries.filter(([name]) => name.startsWith("x-amz-meta-"));
  if (
    meta.reduce((sum, [name, value]) => sum + name.length - "x-amz-meta-".length + Buffer.byteLength(value), 0) >
    limits.userMetadataBytes
  )
    throw new Fault("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size");
  return { "content-type": "application/octet-stream", ...Object.fromEntries(entries) };
}

export function tagsOf({ exchange }: Call): { tags: Record<string, string> } | undefined {
  const given = exchange.request.headers["x-amz-tagging"];
  if (typeof given !== "string") return undefined;
  return { tags: checkedTags(parseQuery(given.replaceAll("+", "%20"))) };
}

export function checkedTags(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const isSound = entries.every(([name, value]) => name !== "" && name.length <= 128 && value.length <= 256);
  if (entries.length > limits.tags || !isSound || new Set(entries.map(([name]) => name)).size < entries.length)
    throw new Fault("InvalidTag", 400, `at most ${limits.tags} tags, each with a name of its own`);
  return Object.fromEntries(entries);
}

export function versionHeaders({ exchange }: Call, version: ObjectVersion, versioning: boolean): Record<string, string> {
  const tags = Object.keys(version.tags ?? {}).length;
  return {
    etag: `"${version.etag}"`,
    "last-modified": new Date(version.at).toUTCString(),
    "accept-ranges": "bytes",
    ...version.headers,
    ...(versioning || version.versionId !== "null" ? { "x-amz-version-id": version.versionId } : {}),
    ...(tags > 0 ? { "x-amz-tagging-count": String(tags) } : {}),
    ...(exchange.request.headers["x-amz-checksum-mode"] === "ENABLED" ? checksumHeaders(version) : {}),
  };
}

export function checksumHeaders({
  checksums,
  checksumType,
}: Pick<ObjectVersion, "checksums" | "checksumType">): Record<string, string> {
  const entries = Object.entries(checksums);
  if (entries.length === 0) return {};
  return {
    ...Object.fromEntries(entries.map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value])),
    "x-amz-checksum-type": checksumType ?? "FULL_OBJECT",
  };
}
