import { Fault } from "../fault.ts";
import { readBody } from "../http/read-body.ts";
import { limits } from "../limits.ts";
import { answerEmpty, answerXml, type S3Operation } from "./call.ts";
import { checkedTags } from "./object-headers.ts";
import { openPayload } from "./payload.ts";
import { versionOf } from "./read-object.ts";
import { childText, parseXml, type Xml } from "./xml.ts";

export const headBucket: S3Operation = async (call) => {
  await call.bucket();
  answerEmpty(call, 200, { "x-amz-bucket-region": "us-east-1" });
};

export const bucketLocation: S3Operation = async (call) => {
  await call.bucket();
  answerXml(call, ["LocationConstraint"]);
};

export const bucketVersioning: S3Operation = async (call) => {
  const bucket = await call.bucket();
  answerXml(call, ["VersioningConfiguration", ...(bucket.config().versioning ? [["Status", "Enabled"] as const] : [])]);
};

export const deleteObjects: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const root = parseXml((await readBody(openPayload(call.exchange, call.signature).data, limits.xmlBytes)).toString("utf8"));
  const objects = root.children.filter(({ name }) => name === "Object");
  if (root.name !== "Delete" || objects.length === 0 || objects.length > limits.deletedAtOnce)
    throw new Fault("MalformedXML", 400, `from 1 to ${limits.deletedAtOnce} objects can be deleted at once`);
  const isQuiet = childText(root, "Quiet") === "true";
  const results = await Promise.all(
    objects.map(async (object): Promise<Xml | undefined> => {
      const key = childText(object, "Key") ?? "";
      const versionId = childText(object, "VersionId");
      const named: Xml[] = [["Key", key], ...(versionId === undefined ? [] : [["VersionId", versionId] as const])];
      if (key === "") return ["Error", ...named, ["Code", "InvalidArgument"], ["Message", "a key is missing"]];
      const removed = await bucket.remove(key, versionId);
      if (isQuiet) return undefined;
      const marker: Xml[] =
        removed?.isMarker === true
          ? [
              ["DeleteMarker", true],
              ["DeleteMarkerVersionId", removed.versionId],
            ]
          : [];
      return ["Deleted", ...named, ...marker];
    }),
  );
  answerXml(call, ["DeleteResult", ...results]);
};

export const readTags: S3Operation = async (call) => {
  const { tags = {} } = versionOf(call, await call.bucket("read"));
  const written = Object.entries(tags).map(([name, value]): Xml => ["Tag", ["Key", name], ["Value", value]]);
  answerXml(call, ["Tagging", ["TagSet", ...written]]);
};

export const writeTags: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const { key, versionId } = versionOf(call, bucket);
  const root = parseXml((await readBody(openPayload(call.exchange, call.signature).data, limits.xmlBytes)).toString("utf8"));
  const set = root.children.find(({ name }) => name === "TagSet");
  if (root.name !== "Tagging" || !set) throw new Fault("MalformedXML", 400, "the tags are none");
  const tags = checkedTags(set.children.map((tag) => [childText(tag, "Key") ?? "", childText(tag, "Value") ?? ""] as const));
  await bucket.record({ t: "tags", key, versionId, tags });
  answerEmpty(call, 200);
};

export const deleteTags: S3Operation = async (call) => {
  const bucket = await call.bucket("write");
  const { key, versionId } = versionOf(call, bucket);
  await bucket.record({ t: "tags", key, versionId, tags: {} });
  answerEmpty(call, 204);
};
