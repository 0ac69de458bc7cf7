import { Fault } from "../fault.ts";
import { fieldsOf } from "../http/fields.ts";
import { limits } from "../limits.ts";
import type { Message, NewMessage } from "../queue/message.ts";

/** As Pub/Sub says a message. */
export function pubsubMessage({ id, body, attributes, group, sentAt }: Message): Record<string, unknown> {
  return {
    ...(body === "" ? {} : { data: body }),
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, { text }]) => [name, text ?? ""])),
    messageId: id,
    message_id: id,
    publishTime: new Date(sentAt).toISOString(),
    ...(group === undefined ? {} : { orderingKey: group }),
  };
}

export function parsePubsubMessage(given: Record<string, unknown>, sender: string): NewMessage {
  const fields = fieldsOf(given, invalid);
  const body = fields.optionalText("data") ?? "";
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(body)) throw invalid("data must be base64");
  const entries = Object.entries(fields.optionalRecord("attributes") ?? {}).map(([name, text]) => {
    if (typeof text !== "string" || name === "" || Buffer.byteLength(name) > 256 || Buffer.byteLength(text) > 1_024)
      throw invalid("an attribute is a text of at most 1024 bytes under a name of at most 256");
    return [name, { type: "String", text }] as const;
  });
  if (entries.length > 100) throw invalid("a message has at most 100 attributes");
  if (body === "" && entries.length === 0) throw invalid("a message has data or attributes");
  const group = fields.optionalText("orderingKey") ?? "";
  if (Buffer.byteLength(group) > 1_024) throw invalid("orderingKey is at most 1024 bytes");
  if (Buffer.byteLength(body, "base64") > limits.publishedBytes)
    throw invalid(`a message is at most ${limits.publishedBytes} bytes`);
  return { body, attributes: Object.fromEntries(entries), sender, ...(group === "" ? {} : { group }) };
}

export function invalid(what: string): Fault {
  return new Fault("INVALID_ARGUMENT", 400, what);
}
