import { createHash, randomUUID } from "node:crypto";
import { Fault } from "../fault.ts";
import { header } from "../http/exchange.ts";
import { readBody } from "../http/read-body.ts";
import { limits } from "../limits.ts";
import type { Bucket } from "./bucket.ts";
import { answerEmpty, answerXml, type Call, type S3Operation } from "./call.ts";
import { writeCondition } from "./conditions.ts";
import { checksumHeaders, headersOf, tagsOf } from "./object-headers.ts";
import type { OpenUpload } from "./object-index.ts";
import type { Part } from "./object-version.ts";
import { createChecksum, openPayload } from "./payload.ts";
import { childText, parseXml, type Xml } from "./xml.ts";

export const createUpload: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  if (bucket.index.uploads().length >= limits.uploadsPerBucket)
    throw new Fault("TooManyMultipartUploads", 400, `a bucket has at most ${limits.uploadsPerBucket} uploads at once`);
  const algorithm = header(call.exchange, "x-amz-checksum-algorithm")?.toLowerCase();
  if (algorithm !== undefined && !createChecksum(algorithm))
    throw new Fault("InvalidRequest", 400, "x-amz-checksum-algorithm is none");
  const type =
    header(call.exchange, "x-amz-checksum-type") === "FULL_OBJECT" || algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE";
  const u = {
    id: randomUUID(),
    key: call.key,
    at: Date.now(),
    headers: headersOf(call),
    ...tagsOf(call),
    ...(algorithm === undefined ? {} : ({ algorithm, checksumType: type } as const)),
  };
  await bucket.record({ t: "upload", u });
  const headers: Record<string, string> =
    algorithm === undefined ? {} : { "x-amz-checksum-algorithm": algorithm.toUpperCase(), "x-amz-checksum-type": type };
  answerXml(call, ["InitiateMultipartUploadResult", ["Bucket", call.bucketName], ["Key", call.key], ["UploadId", u.id]], headers);
};

export const uploadPart: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const upload = uploadOf(call, bucket);
  const number = Number(call.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > limits.parts)
    throw new Fault("InvalidArgument", 400, `Part number must be an integer between 1 and ${limits.parts}, inclusive`);
  if (header(call.exchange, "x-amz-copy-source") !== undefined)
    throw new Fault("NotImplemented", 501, "this machine copies no parts");
  const payload = openPayload(call.exchange, call.signature);
  const blob = await bucket.blobs.write(payload.data);
  const p: Part = { number, at: Date.now(), etag: payload.md5(), blob, checksums: payload.checksums() };
  await bucket.record({ t: "part", id: upload.id, p });
  answerEmpty(call, 200, { etag: `"${p.etag}"`, ...checksumHeaders(p) });
};

export const completeUpload: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const upload = uploadOf(call, bucket);
  // Here x-amz-checksum-… in a header is the object's, not the body's.
  const body = await readBody(openPayload(call.exchange, call.signature, { hasChecksumHeaders: false }).data, limits.xmlBytes);
  const parts = chosenParts(body, upload);
  const size = parts.reduce((sum, { blob }) => sum + blob.size, 0);
  const etag = `${createHash("md5")
    .update(Buffer.from(parts.map((part) => part.etag).join(""), "hex"))
    .digest("hex")}-${parts.length}`;
  const blobs = parts.map(({ blob }) => blob);
  const checksums = await checksumOf(upload, parts, bucket);
  for (const [name, value] of Object.entries(checksums))
    if (![undefined, value].includes(header(call.exchange, `x-amz-checksum-${name}`)))
      throw new Fault("BadDigest", 400, `The ${name.toUpperCase()} you specified did not match the object.`);
  const made = await bucket.complete(
    upload.id,
    {
      key: upload.key,
      size,
      etag,
      blobs,
      headers: upload.headers,
      checksums,
      ...(upload.checksumType === undefined ? {} : { checksumType: upload.checksumType }),
      ...(upload.tags ? { tags: upload.tags } : {}),
    },
    writeCondition(call.exchange.request.headers),
  );
  const location = `http://${call.exchange.request.headers.host ?? ""}/${call.bucketName}/${encodeURIComponent(call.key)}`;
  const sums = Object.entries(checksums).map(([name, value]): Xml => [`Checksum${name.toUpperCase()}`, value]);
  answerXml(
    call,
    [
      "CompleteMultipartUploadResult",
      ["Location", location],
      ["Bucket", call.bucketName],
      ["Key", call.key],
      ["ETag", `"${etag}"`],
      ...sums,
    ],
    made.versionId === "null" ? {} : { "x-amz-version-id": made.versionId },
  );
};

export const abortUpload: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  await bucket.record({ t: "abort", id: uploadOf(call, bucket).id });
  answerEmpty(call, 204);
};

export const listParts: S3Operation = async (call) => {
  const upload = uploadOf(call, await call.bucket("write"));
  const after = Number(call.query.get("part-number-marker") ?? 0);
  const most = Math.min(Number(call.query.get("max-parts") ?? 1_000) || 0, 1_000);
  const all = [...upload.parts.values()]
    .filter(({ number }) => number > after)
    .toSorted((one, other) => one.number - other.number);
  const shown = all.slice(0, most);
  answerXml(call, [
    "ListPartsResult",
    ["Bucket", call.bucketName],
    ["Key", call.key],
    ["UploadId", upload.id],
    ["PartNumberMarker", after],
    ["NextPartNumberMarker", shown.at(-1)?.number ?? 0],
    ["MaxParts", most],
    ["IsTruncated", all.length > shown.length],
    ...shown.map(({ number, etag, blob, at, checksums }): Xml => [
      "Part",
      ["PartNumber", number],
      ["LastModified", new Date(at).toISOString()],
      ["ETag", `"${etag}"`],
      ["Size", blob.size],
      ...Object.entries(checksums).map(([name, value]): Xml => [`Checksum${name.toUpperCase()}`, value]),
    ]),
  ]);
};

export const listUploads: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const prefix = call.query.get("prefix") ?? "";
  const uploads = bucket.index.uploads().filter(({ key }) => key.startsWith(prefix));
  answerXml(call, [
    "ListMultipartUploadsResult",
    ["Bucket", call.bucketName],
    ["Prefix", prefix],
    ["IsTruncated", false],
    ...uploads.map(({ id, key, at }): Xml => [
      "Upload",
      ["Key", key],
      ["UploadId", id],
      ["Initiated", new Date(at).toISOString()],
    ]),
  ]);
};

function uploadOf(call: Call, bucket: Bucket): OpenUpload {
  const upload = bucket.index.upload(call.query.get("uploadId") ?? "");
  if (!upload || upload.key !== call.key) throw new Fault("NoSuchUpload", 404, "The specified upload does not exist.");
  return upload;
}

function chosenParts(body: Buffer, upload: OpenUpload): Part[] {
  const root = parseXml(body.toString("utf8"));
  const listed = root.children.filter(({ name }) => name === "Part");
  if (root.name !== "CompleteMultipartUpload" || listed.length === 0 || listed.length > limits.parts)
    throw new Fault("MalformedXML", 400, "the list of parts is none");
  const parts = listed.map((element) => {
    const part = upload.parts.get(Number(childText(element, "PartNumber")));
    const etag = childText(element, "ETag")?.replace(/^"|"$/g, "");
    const isSame =
      part?.etag === etag &&
      Object.entries(part?.checksums ?? {}).every(([name, value]) =>
        [undefined, value].includes(childText(element, `Checksum${name.toUpperCase()}`)),
      );
    if (!part || !isSame)
      throw new Fault("InvalidPart", 400, "One or more of the specified parts could not be found, or is another one.");
    return part;
  });
  if (parts.some(({ number }, at) => number <= (parts[at - 1]?.number ?? 0)))
    throw new Fault("InvalidPartOrder", 400, "The list of parts was not in ascending order.");
  if (parts.slice(0, -1).some(({ blob }) => blob.size < limits.minPartBytes))
    throw new Fault("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size");
  return parts;
}

/** Of the whole, or of the parts' checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
async function checksumOf(upload: OpenUpload, parts: readonly Part[], bucket: Bucket): Promise<Record<string, string>> {
  const { algorithm, checksumType } = upload;
  const sum = algorithm === undefined ? undefined : createChecksum(algorithm);
  if (algorithm === undefined || !sum) return {};
  if (checksumType === "FULL_OBJECT") {
    const blobs = parts.map(({ blob }) => blob);
    for await (const data of bucket.blobs.read(blobs, 0, Infinity)) sum.update(data);
    return { [algorithm]: sum.digest().toString("base64") };
  }
  const sums = parts.map(({ checksums }) => checksums[algorithm]);
  if (sums.includes(undefined)) return {};
  sum.update(Buffer.concat(sums.map((one) => Buffer.from(one ?? "", "base64"))));
  return { [algorithm]: `${sum.digest().toString("base64")}-${parts.length}` };
}
