import { Fault } from "../fault.ts";
import { answer, header, type Exchange } from "../http/exchange.ts";
import { limits } from "../limits.ts";
import type { Principals } from "../principals.ts";
import { decoded, parseQuery, verifySignature } from "../sigv4.ts";
import type { Buckets } from "./buckets.ts";
import { answerXml, type Call, type S3Operation } from "./call.ts";
import { answerPreflight, corsHeaders } from "./cors.ts";
import { listObjects, listVersions } from "./list-objects.ts";
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from "./multipart.ts";
import { readObject } from "./read-object.ts";
import {
  bucketLocation,
  bucketVersioning,
  deleteObjects,
  deleteTags,
  headBucket,
  readTags,
  writeTags,
} from "./small-operations.ts";
import { copyObject, deleteObject, putObject } from "./write-object.ts";
import { writeXml, type Xml } from "./xml.ts";

// Amazon S3, path style. https://docs.aws.amazon.com/AmazonS3/latest/API/

export type S3Options = { readonly buckets: Buckets; readonly principals: () => Principals; readonly clock: () => number };

/** By method, whether there is a key, and the sub-resource that the query names. */
const operations: Readonly<Record<string, readonly [api: string, operation: S3Operation]>> = {
  "HEAD bucket": ["HeadBucket", headBucket],
  "GET bucket": ["ListObjects", listObjects],
  "GET bucket list-type": ["ListObjectsV2", listObjects],
  "GET bucket versions": ["ListObjectVersions", listVersions],
  "GET bucket uploads": ["ListMultipartUploads", listUploads],
  "GET bucket location": ["GetBucketLocation", bucketLocation],
  "GET bucket versioning": ["GetBucketVersioning", bucketVersioning],
  "POST bucket delete": ["DeleteObjects", deleteObjects],
  // The spec makes buckets; one that it has is as good as made.
  "PUT bucket": ["CreateBucket", headBucket],
  "GET key": ["GetObject", readObject],
  "HEAD key": ["HeadObject", readObject],
  "PUT key": ["PutObject", putObject],
  "DELETE key": ["DeleteObject", deleteObject],
  "PUT key copy": ["CopyObject", copyObject],
  "POST key uploads": ["CreateMultipartUpload", createUpload],
  "PUT key uploadId": ["UploadPart", uploadPart],
  "POST key uploadId": ["CompleteMultipartUpload", completeUpload],
  "DELETE key uploadId": ["AbortMultipartUpload", abortUpload],
  "GET key uploadId": ["ListParts", listParts],
  "GET key tagging": ["GetObjectTagging", readTags],
  "PUT key tagging": ["PutObjectTagging", writeTags],
  "DELETE key tagging": ["DeleteObjectTagging", deleteTags],
};

const subResources = ["delete", "versions", "uploads", "uploadId", "tagging", "location", "versioning", "list-type", "acl", "policy", "lifecycle", "cors", "encryption", "attributes", "retention", "legal-hold", "object-lock", "notification", "replication", "website", "logging", "select", "restore", "torrent", "publicAccessBlock", "ownershipControls", "requestPayment", "accelerate", "analytics", "inventory", "metrics", "policyStatus"]; // prettier-ignore

export async function serveS3(exchange: Exchange, options: S3Options): Promise<void> {
  exchange.api = "s3:unknown";
  const { response, path } = exchange;
  try {
    const slash = path.indexOf("/", 1);
    const bucketName = decoded(slash < 0 ? path.slice(1) : path.slice(1, slash));
    const key = slash < 0 ? "" : decoded(path.slice(slash + 1));
    if (exchange.method === "OPTIONS") return answerPreflight(exchange, options.buckets.configOf(bucketName));
    for (const [name, value] of Object.entries(corsHeaders(exchange, options.buckets.configOf(bucketName))))
      response.setHeader(name, value);
    const call = callOf(exchange, options, bucketName, key);
    if (bucketName === "") return await listBuckets(call, options.buckets);
    if (Buffer.byteLength(key) > limits.keyBytes) throw new Fault("KeyTooLongError", 400, "Your key is too long");
    const sub = subResources.find((name) => call.query.has(name));
    const isCopy =
      exchange.method === "PUT" && key !== "" && sub === undefined && header(exchange, "x-amz-copy-source") !== undefined;
    const shape = [exchange.method, key === "" ? "bucket" : "key", isCopy ? "copy" : sub]
      .filter((part) => part !== undefined)
      .join(" ");
    const found = Object.hasOwn(operations, shape) ? operations[shape] : undefined;
    if (!found) throw new Fault("NotImplemented", 501, "this machine does not have this operation");
    exchange.api = `s3:${found[0]}`;
    await found[1](call);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    answer(exchange, error.status, { ...error.headers, "content-type": "application/xml" }, writtenFault(error, exchange));
  }
}

export function writtenFault({ code, message }: Fault, exchange: Exchange): string {
  const fault: Xml = ["Error", ["Code", code], ["Message", message], ["Resource", exchange.path], ["RequestId", exchange.id]];
  return writeXml(fault).replace(/ xmlns="[^"]*"/, "");
}

function callOf(exchange: Exchange, { buckets, principals, clock }: S3Options, bucketName: string, key: string): Call {
  const { method, path, query } = exchange;
  const signature = verifySignature(
    { method, path, query, headers: exchange.request.headers },
    { service: "s3", now: clock(), principalOf: principals().byAccessKey },
  );
  const { principal } = signature;
  return {
    exchange,
    principal,
    signature,
    bucketName,
    key,
    query: new Map(parseQuery(query)),
    bucket: (access) => buckets.use(principal, bucketName, access),
    otherBucket: (name, access) => buckets.use(principal, name, access),
  };
}

async function listBuckets(call: Call, buckets: Buckets): Promise<void> {
  if (call.exchange.method !== "GET")
    throw new Fault("MethodNotAllowed", 405, "The specified method is not allowed against this resource.");
  call.exchange.api = "s3:ListBuckets";
  const names = buckets.namesFor(call.principal);
  const listed = names.map((name): Xml => ["Bucket", ["Name", name], ["CreationDate", new Date(0).toISOString()]]);
  answerXml(call, ["ListAllMyBucketsResult", ["Owner", ["ID", call.principal.environment]], ["Buckets", ...listed]]);
}
