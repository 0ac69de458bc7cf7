import { Fault } from "../fault.ts";
import { header } from "../http/exchange.ts";
import { decoded } from "../sigv4.ts";
import { answerEmpty, answerXml, type Call, type S3Operation } from "./call.ts";
import { readCondition, writeCondition } from "./conditions.ts";
import { checksumHeaders, headersOf, tagsOf } from "./object-headers.ts";
import { openPayload } from "./payload.ts";

export const putObject: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const about = { headers: headersOf(call), ...tagsOf(call) };
  const payload = openPayload(call.exchange, call.signature);
  const blob = await bucket.blobs.write(payload.data);
  const made = await bucket.put(
    { key: call.key, size: blob.size, etag: payload.md5(), blobs: [blob], checksums: payload.checksums(), ...about },
    writeCondition(call.exchange.request.headers),
  );
  answerEmpty(call, 200, { etag: `"${made.etag}"`, ...checksumHeaders(made), ...versionId(made.versionId) });
};

export const copyObject: S3Operation = async (call) => {
  const { exchange } = call;
  const target = await call.bucket("write");
  const [, name = "", path = "", version] =
    /^\/?([^/?]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(header(exchange, "x-amz-copy-source") ?? "") ?? [];
  if (name === "") throw new Fault("InvalidArgument", 400, "x-amz-copy-source must be <bucket>/<key>");
  const source = await call.otherBucket(decoded(name), "read");
  const found = source.find(decoded(path), version);
  if (!found || found.isMarker === true) throw new Fault("NoSuchKey", 404, "The specified key does not exist.");
  if (readCondition(exchange.request.headers, found, "x-amz-copy-source-") === "not-modified")
    throw new Fault("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
  const isReplaced = header(exchange, "x-amz-metadata-directive") === "REPLACE";
  if (!isReplaced && source === target && decoded(path) === call.key && version === undefined)
    throw new Fault(
      "InvalidRequest",
      400,
      "This copy request is illegal because it is trying to copy an object to itself without changing it.",
    );
  const tags = header(exchange, "x-amz-tagging-directive") === "REPLACE" ? tagsOf(call) : found.tags && { tags: found.tags };
  const blobs = [];
  for (const blob of found.blobs)
    blobs.push(
      source === target
        ? await target.blobs.duplicate(blob)
        : await target.blobs.write(source.blobs.read([blob], 0, blob.size - 1)),
    );
  const { size, etag, checksums, checksumType } = found;
  const made = await target.put(
    {
      key: call.key,
      size,
      etag,
      blobs,
      checksums,
      headers: isReplaced ? headersOf(call) : found.headers,
      ...(checksumType ? { checksumType } : {}),
      ...tags,
    },
    writeCondition(exchange.request.headers),
  );
  const xml = ["CopyObjectResult", ["ETag", `"${etag}"`], ["LastModified", new Date(made.at).toISOString()]] as const;
  answerXml(call, xml, {
    ...versionId(made.versionId),
    ...(found.versionId === "null" ? {} : { "x-amz-copy-source-version-id": found.versionId }),
  });
};

export const deleteObject: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const removed = await bucket.remove(call.key, call.query.get("versionId"), deleteCondition(call));
  answerEmpty(
    call,
    204,
    removed ? { ...versionId(removed.versionId), ...(removed.isMarker ? { "x-amz-delete-marker": "true" } : {}) } : {},
  );
};

function deleteCondition(call: Call): ReturnType<typeof writeCondition> {
  const match = call.exchange.request.headers["if-match"];
  return writeCondition(match === undefined ? {} : { "if-match": match });
}

function versionId(id: string): Record<string, string> {
  return id === "null" ? {} : { "x-amz-version-id": id };
}
