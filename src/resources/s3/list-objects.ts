import { Fault } from "../fault.ts";
import { answerXml, type Call, type S3Operation } from "./call.ts";
import { compareKeys } from "./key-order.ts";
import { listKeys } from "./listing.ts";
import type { ObjectVersion } from "./object-version.ts";
import type { Xml } from "./xml.ts";

type Listing = {
  readonly prefix: string;
  readonly delimiter: string;
  readonly most: number;
  readonly encode: (text: string) => string;
  readonly encoding: Xml[];
};

function listingOf({ query }: Call): Listing {
  const maxKeys = query.get("max-keys") ?? "1000";
  const encoding = query.get("encoding-type");
  if (!/^\d{1,9}$/.test(maxKeys)) throw new Fault("InvalidArgument", 400, "max-keys must be a number");
  if (encoding !== undefined && encoding !== "url")
    throw new Fault("InvalidArgument", 400, "Invalid Encoding Method specified in Request");
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    most: Math.min(Number(maxKeys), 1_000),
    encode: encoding === undefined ? (text) => text : (text) => encodeURIComponent(text).replaceAll("%2F", "/"),
    encoding: encoding === undefined ? [] : [["EncodingType", encoding]],
  };
}

/** ListObjectsV2, and the first version of it that old clients use. */
export const listObjects: S3Operation = async (call) => {
  const bucket = await call.bucket("read");
  const { prefix, delimiter, most, encode, encoding } = listingOf(call);
  const isSecond = call.query.get("list-type") === "2";
  const token = call.query.get("continuation-token");
  const after = isSecond ? (token === undefined ? call.query.get("start-after") : keyOfToken(token)) : call.query.get("marker");
  const { entries, isTruncated } = listKeys(
    bucket.index.keys(),
    { prefix, delimiter, after: after ?? "", most, compare: compareKeys },
    (key) => bucket.find(key)?.isMarker !== true,
  );
  const last = entries.at(-1);
  const next = isTruncated && last ? (last.kind === "key" ? last.key : last.prefix) : undefined;
  answerXml(call, [
    "ListBucketResult",
    ["Name", call.bucketName],
    ["Prefix", encode(prefix)],
    ...(delimiter === "" ? [] : [["Delimiter", encode(delimiter)] as const]),
    ["MaxKeys", most],
    ...encoding,
    ...(isSecond
      ? ([
          ["KeyCount", entries.length],
          ...(token === undefined ? [] : [["ContinuationToken", token] as const]),
          ...(call.query.has("start-after") ? [["StartAfter", encode(call.query.get("start-after") ?? "")] as const] : []),
          ...(next === undefined ? [] : [["NextContinuationToken", tokenOf(next)] as const]),
        ] satisfies Xml[])
      : ([
          ["Marker", encode(after ?? "")],
          ...(next === undefined ? [] : [["NextMarker", encode(next)] as const]),
        ] satisfies Xml[])),
    ["IsTruncated", isTruncated],
    ...entries.flatMap((entry): Xml[] => {
      if (entry.kind === "prefix") return [["CommonPrefixes", ["Prefix", encode(entry.prefix)]]];
      const version = bucket.find(entry.key);
      return version ? [["Contents", ["Key", encode(entry.key)], ...about(version)]] : [];
    }),
  ]);
};

export const listVersions: S3Operation = async (call) => {
  const bucket = await call.bucket("read");
  const { prefix, delimiter, most, encode, encoding } = listingOf(call);
  const marker = call.query.get("key-marker") ?? "";
  const versionMarker = call.query.get("version-id-marker");
  // What is left of the key at which the last page ended, then whole keys.
  const rest = versionMarker === undefined ? [] : versionsBehind(bucket.index.versions(marker), versionMarker);
  const { entries } = listKeys(
    bucket.index.keys(),
    { prefix, delimiter, after: marker, most: most + 1, compare: compareKeys },
    () => true,
  );
  const all: { readonly version?: ObjectVersion; readonly common?: string }[] = rest.map((version) => ({ version }));
  for (const entry of entries) {
    if (entry.kind === "prefix") all.push({ common: entry.prefix });
    else all.push(...bucket.index.versions(entry.key).map((version) => ({ version })));
  }
  const shown = all.slice(0, most);
  const last = shown.at(-1);
  const next: Xml[] =
    all.length <= most || !last
      ? []
      : last.version
        ? [
            ["NextKeyMarker", encode(last.version.key)],
            ["NextVersionIdMarker", last.version.versionId],
          ]
        : [["NextKeyMarker", encode(last.common ?? "")]];
  answerXml(call, [
    "ListVersionsResult",
    ["Name", call.bucketName],
    ["Prefix", encode(prefix)],
    ["KeyMarker", encode(marker)],
    ["VersionIdMarker", versionMarker ?? ""],
    ["MaxKeys", most],
    ...encoding,
    ["IsTruncated", next.length > 0],
    ...next,
    ...shown.map(({ version, common }): Xml => {
      if (!version) return ["CommonPrefixes", ["Prefix", encode(common ?? "")]];
      const { key, versionId, isMarker } = version;
      const head: Xml[] = [
        ["Key", encode(key)],
        ["VersionId", versionId],
        ["IsLatest", bucket.find(key) === version],
      ];
      return isMarker === true
        ? ["DeleteMarker", ...head, ["LastModified", new Date(version.at).toISOString()]]
        : ["Version", ...head, ...about(version)];
    }),
  ]);
};

function versionsBehind(versions: readonly ObjectVersion[], versionId: string): readonly ObjectVersion[] {
  const at = versions.findIndex((one) => one.versionId === versionId);
  return at < 0 ? [] : versions.slice(at + 1);
}

function about({ at, etag, size, checksums, checksumType }: ObjectVersion): Xml[] {
  return [
    ["LastModified", new Date(at).toISOString()],
    ["ETag", `"${etag}"`],
    ["Size", size],
    ["StorageClass", "STANDARD"],
    ...Object.keys(checksums).map((name): Xml => ["ChecksumAlgorithm", name.toUpperCase()]),
    ...(Object.keys(checksums).length === 0 ? [] : [["ChecksumType", checksumType ?? "FULL_OBJECT"] as const]),
  ];
}

function tokenOf(key: string): string {
  return Buffer.from(key, "utf8").toString("base64url");
}

function keyOfToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString("utf8");
  if (key === "" || tokenOf(key) !== token)
    throw new Fault("InvalidArgument", 400, "The continuation token provided is incorrect");
  return key;
}
