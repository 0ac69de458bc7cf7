import { createHash } from "node:crypto";
import { Fault } from "../fault.ts";
import { fieldsOf } from "../http/fields.ts";
import { isRecord } from "../../lib/is-record.ts";
import { limits } from "../limits.ts";
import type { Message, MessageAttribute } from "./message.ts";

export function parseAttributes(given: Record<string, unknown>): Message["attributes"] {
  const entries = Object.entries(given);
  if (entries.length > limits.attributes) throw wrong(`a message has at most ${limits.attributes} attributes`);
  return Object.fromEntries(entries.map(([name, value]) => [checkedName(name), parseAttribute(value)]));
}

function checkedName(name: string): string {
  if (!/^(?!\.)(?!aws\.|amazon\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i.test(name)) throw wrong("an attribute's name is none");
  return name;
}

function parseAttribute(value: unknown): MessageAttribute {
  if (!isRecord(value)) throw wrong("an attribute must be an object");
  const fields = fieldsOf(value, wrong);
  const type = fields.text("DataType");
  const [, base] = /^(String|Number|Binary)(?:\..{1,240})?$/.exec(type) ?? [];
  if (base === "Binary") {
    const base64 = fields.text("BinaryValue");
    if (base64 === "" || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw wrong("BinaryValue must be base64");
    return { type, base64 };
  }
  const text = fields.text("StringValue");
  if (base === undefined || text === "" || (base === "Number" && !Number.isFinite(Number(text))))
    throw wrong("an attribute is none of its type");
  return { type, text };
}

function wrong(what: string): Fault {
  return new Fault("InvalidParameterValue", 400, what);
}

export function md5(data: string | Buffer): string {
  return createHash("md5").update(data).digest("hex");
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation */
export function attributesDigest(attributes: Message["attributes"]): string | undefined {
  const entries = Object.entries(attributes).toSorted(([left], [right]) => (left < right ? -1 : 1));
  if (entries.length === 0) return undefined;
  const parts = entries.flatMap(([name, { type, text, base64 }]) => [
    ...sized(Buffer.from(name)),
    ...sized(Buffer.from(type)),
    Buffer.from([base64 === undefined ? 1 : 2]),
    ...sized(base64 === undefined ? Buffer.from(text ?? "") : Buffer.from(base64, "base64")),
  ]);
  return md5(Buffer.concat(parts));
}

function sized(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

export type WantedAttributes = { readonly system: (name: string) => boolean; readonly own: (name: string) => boolean };

/** Which attributes a receiver asks for. */
export function writtenAttributes(input: Record<string, unknown>): WantedAttributes {
  const fields = fieldsOf(input, wrong);
  const named = (name: string): string[] => (input[name] === undefined ? [] : fields.texts(name));
  const system = [...named("AttributeNames"), ...named("MessageSystemAttributeNames")];
  const own = named("MessageAttributeNames");
  return {
    system: (name) => system.includes("All") || system.includes(name),
    own: (name) =>
      own.some(
        (one) => one === "All" || one === ".*" || one === name || (one.endsWith(".*") && name.startsWith(one.slice(0, -1))),
      ),
  };
}
