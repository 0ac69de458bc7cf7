import type { NamedQueue } from "./queues.ts";
import type { Message, Taken } from "./message.ts";
import { attributesDigest, md5, type WantedAttributes } from "./sqs-attributes.ts";

export function receivedMessage(
  { message, handle, tries, firstTakenAt }: Taken,
  wanted: WantedAttributes,
  ordered: boolean,
): object {
  const system = Object.entries({
    SenderId: message.sender,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(tries),
    ApproximateFirstReceiveTimestamp: String(firstTakenAt),
    ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
    ...(ordered ? { SequenceNumber: String(message.sequence).padStart(20, "0") } : {}),
  }).filter(([name]) => wanted.system(name));
  const own: Message["attributes"] = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => wanted.own(name)));
  const digest = attributesDigest(own);
  return {
    MessageId: message.id,
    ReceiptHandle: handle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(digest === undefined
      ? {}
      : {
          MD5OfMessageAttributes: digest,
          MessageAttributes: Object.fromEntries(
            Object.entries(own).map(([name, { type, text, base64 }]) => [
              name,
              { DataType: type, ...(base64 === undefined ? { StringValue: text } : { BinaryValue: base64 }) },
            ]),
          ),
        }),
  };
}

export function queueAttributes({ name, config, isDead, queue }: NamedQueue, names: readonly string[]): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  const { visibilityMs, keepMs } = queue.options();
  const all: Record<string, string> = {
    QueueArn: arnOf(name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(Math.round(visibilityMs / 1_000)),
    DelaySeconds: "0",
    ReceiveMessageWaitTimeSeconds: "0",
    ...(keepMs === undefined ? {} : { MessageRetentionPeriod: String(Math.round(keepMs / 1_000)) }),
    ...(config.ordered === true ? { FifoQueue: "true" } : {}),
    ...(config.tries === undefined || isDead
      ? {}
      : { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(`${config.name}-dead`), maxReceiveCount: config.tries }) }),
  };
  return names.includes("All") ? all : Object.fromEntries(Object.entries(all).filter(([key]) => names.includes(key)));
}

function arnOf(name: string): string {
  return `arn:aws:sqs:local:000000000000:${name}`;
}
