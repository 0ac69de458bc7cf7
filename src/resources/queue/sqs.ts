import type { AwsJsonService, Caller, Operation } from "../http/aws-json.ts";
import { Fault } from "../fault.ts";
import { fieldsOf, type Fields } from "../http/fields.ts";
import { limits } from "../limits.ts";
import type { NamedQueue, Queues } from "./queues.ts";
import { bytesOf, type NewMessage } from "./message.ts";
import { attributesDigest, md5, parseAttributes, writtenAttributes } from "./sqs-attributes.ts";
import { receivedMessage, queueAttributes } from "./sqs-views.ts";

// Amazon SQS, JSON protocol. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/

const account = "000000000000";

export function createSqs(queues: Queues): AwsJsonService {
  function read(input: Record<string, unknown>): Fields {
    return fieldsOf(input, (what) => new Fault("InvalidParameterValue", 400, what));
  }
  function nameOf(fields: Fields): string {
    return decodeURIComponentOr(fields.text("QueueUrl").split("/").at(-1) ?? "");
  }
  function urlOf({ exchange }: Caller, name: string): string {
    return `http://${exchange.request.headers.host ?? "127.0.0.1"}/${account}/${name}`;
  }
  function on(
    access: "push" | "take" | undefined,
    act: (queue: NamedQueue, fields: Fields, caller: Caller, input: Record<string, unknown>) => Promise<object>,
  ): Operation {
    return async (input, caller) => {
      const fields = read(input);
      return act(await queues.use(caller.principal, nameOf(fields), access), fields, caller, input);
    };
  }
  /** Each entry of a batch has an answer of its own. */
  async function batch(
    input: Record<string, unknown>,
    act: (entry: Fields, one: Record<string, unknown>) => Promise<object>,
  ): Promise<object> {
    const entries = read(input).records("Entries");
    if (entries.length === 0) throw new Fault("EmptyBatchRequest", 400, "There should be at least one entry in the request.");
    if (entries.length > limits.batch) throw new Fault("TooManyEntriesInBatchRequest", 400, `at most ${limits.batch} entries`);
    const ids = entries.map((entry) => read(entry).text("Id"));
    if (ids.some((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id)))
      throw new Fault("InvalidBatchEntryId", 400, "an Id is letters, digits, - and _");
    if (new Set(ids).size < ids.length) throw new Fault("BatchEntryIdsNotDistinct", 400, "an Id stands twice");
    const results = await Promise.all(
      entries.map(async (entry, index) => {
        try {
          return { ok: { Id: ids[index], ...(await act(read(entry), entry)) } };
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          return { failed: { Id: ids[index], SenderFault: error.status < 500, Code: error.code, Message: error.message } };
        }
      }),
    );
    return {
      Successful: results.flatMap(({ ok }) => (ok ? [ok] : [])),
      Failed: results.flatMap(({ failed }) => (failed ? [failed] : [])),
    };
  }

  async function send({ queue, config }: NamedQueue, fields: Fields, caller: Caller): Promise<object> {
    const message = newMessage(fields, caller, config.ordered === true);
    const [sent] = await queue.send([message]);
    const attributes = attributesDigest(message.attributes);
    return {
      MessageId: sent?.id,
      MD5OfMessageBody: md5(message.body),
      ...(attributes === undefined ? {} : { MD5OfMessageAttributes: attributes }),
      ...(config.ordered === true ? { SequenceNumber: String(sent?.sequence).padStart(20, "0") } : {}),
    };
  }

  async function remove({ queue }: NamedQueue, fields: Fields): Promise<object> {
    const handle = fields.text("ReceiptHandle");
    if (!/^[A-Za-z0-9-]{1,64}~\d{1,9}$/.test(handle)) throw new Fault("ReceiptHandleIsInvalid", 404, "the handle is none");
    await queue.finish([handle]);
    return {};
  }

  async function hold({ queue }: NamedQueue, fields: Fields): Promise<object> {
    const seconds = fields.optionalWhole("VisibilityTimeout", 0, limits.visibilityMs / 1_000);
    if (seconds === undefined) throw new Fault("InvalidParameterValue", 400, "VisibilityTimeout is missing");
    if (!(await queue.hold(fields.text("ReceiptHandle"), seconds * 1_000)))
      throw new Fault("MessageNotInflight", 400, "the message is not in the hands of this receiver");
    return {};
  }

  const operations: Readonly<Record<string, Operation>> = {
    ListQueues: (input, caller) => {
      const prefix = read(input).optionalText("QueueNamePrefix") ?? "";
      const names = queues.namesFor(caller.principal).filter((name) => name.startsWith(prefix));
      return { QueueUrls: names.map((name) => urlOf(caller, name)) };
    },
    GetQueueUrl: async (input, caller) => {
      const { name } = await queues.use(caller.principal, read(input).text("QueueName"));
      return { QueueUrl: urlOf(caller, name) };
    },
    // Programs make their queues at their start. Here the spec does; what it has is as good as made.
    CreateQueue: async (input, caller) => {
      const { name } = await queues.use(caller.principal, read(input).text("QueueName"));
      return { QueueUrl: urlOf(caller, name) };
    },
    GetQueueAttributes: on(undefined, async (named, _fields, _caller, input) => {
      const names = input["AttributeNames"] === undefined ? [] : read(input).texts("AttributeNames");
      return { Attributes: queueAttributes(named, names) };
    }),
    SendMessage: on("push", send),
    SendMessageBatch: on("push", (named, _fields, caller, input) => {
      const sizes = read(input)
        .records("Entries")
        .map((entry) => String(entry["MessageBody"]).length);
      if (sizes.reduce((sum, size) => sum + size, 0) > limits.messageBytes)
        throw new Fault("BatchRequestTooLong", 400, `a batch is at most ${limits.messageBytes} bytes`);
      return batch(input, (entry) => send(named, entry, caller));
    }),
    ReceiveMessage: on("take", async ({ queue, config }, fields, caller, input) => {
      const visibility = fields.optionalWhole("VisibilityTimeout", 0, limits.visibilityMs / 1_000);
      const taken = await queue.take({
        most: fields.optionalWhole("MaxNumberOfMessages", 1, limits.batch) ?? 1,
        waitMs: (fields.optionalWhole("WaitTimeSeconds", 0, limits.waitMs / 1_000) ?? 0) * 1_000,
        ...(visibility === undefined ? {} : { visibilityMs: visibility * 1_000 }),
        signal: caller.exchange.gone,
      });
      const view = writtenAttributes(input);
      return taken.length === 0 ? {} : { Messages: taken.map((one) => receivedMessage(one, view, config.ordered === true)) };
    }),
    DeleteMessage: on("take", remove),
    DeleteMessageBatch: on("take", (named, _fields, _caller, input) => batch(input, (entry) => remove(named, entry))),
    ChangeMessageVisibility: on("take", hold),
    ChangeMessageVisibilityBatch: on("take", (named, _fields, _caller, input) => batch(input, (entry) => hold(named, entry))),
    PurgeQueue: on("take", async ({ queue }) => {
      await queue.purge();
      return {};
    }),
    ListQueueTags: on(undefined, async () => ({ Tags: {} })),
  };

  return {
    service: "sqs",
    version: "1.0",
    errorPrefix: "com.amazonaws.sqs#",
    operations,
    codes: {},
    // The SDKs take the name of an error from here.
    errorHeaders: ({ code, status }) => ({
      "x-amzn-query-error": `${queryCodes[code] ?? code};${status < 500 ? "Sender" : "Receiver"}`,
    }),
  };
}

const queryCodes: Readonly<Record<string, string>> = { QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue" };

function newMessage(fields: Fields, { principal }: Caller, ordered: boolean): NewMessage {
  const body = fields.text("MessageBody");
  const attributes = parseAttributes(fields.optionalRecord("MessageAttributes") ?? {});
  if (body === "") throw new Fault("InvalidParameterValue", 400, "MessageBody is empty");
  if (!/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(body))
    throw new Fault("InvalidMessageContents", 400, "MessageBody has characters that SQS does not take");
  if (bytesOf({ body, attributes }) > limits.messageBytes)
    throw new Fault("InvalidParameterValue", 400, `a message is at most ${limits.messageBytes} bytes`);
  const group = fields.optionalText("MessageGroupId");
  if (ordered && group === undefined) throw new Fault("MissingParameter", 400, "MessageGroupId is missing");
  if (group !== undefined && !/^[\x21-\x7e]{1,128}$/.test(group))
    throw new Fault("InvalidParameterValue", 400, "MessageGroupId is none");
  const delaySeconds = fields.optionalWhole("DelaySeconds", 0, limits.delayMs / 1_000) ?? 0;
  return {
    body,
    attributes,
    sender: principal.accessKeyId,
    delayMs: delaySeconds * 1_000,
    ...(group === undefined ? {} : { group }),
  };
}

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
