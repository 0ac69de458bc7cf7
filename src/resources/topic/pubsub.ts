import type { ResourcePrincipal } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { answer, header, type Exchange } from "../http/exchange.ts";
import { fieldsOf, type Fields } from "../http/fields.ts";
import { parseJson, readBody } from "../http/read-body.ts";
import { limits } from "../limits.ts";
import type { Principals } from "../principals.ts";
import { decoded } from "../sigv4.ts";
import { invalid, parsePubsubMessage, pubsubMessage } from "./pubsub-message.ts";
import { loopbackUrl, type Subscription } from "./subscription.ts";
import type { OpenSubscription, Topics } from "./topics.ts";

// Google Cloud Pub/Sub, REST v1, without gRPC. https://cloud.google.com/pubsub/docs/reference/rest
// Any project's name will do: which environment it is, is said by who calls.

export type PubsubOptions = { readonly topics: Topics; readonly principals: () => Principals };

type PubsubCall = {
  readonly principal: ResourcePrincipal;
  readonly project: string;
  readonly name: string;
  readonly fields: Fields;
  readonly input: Record<string, unknown>;
  readonly exchange: Exchange;
};

const pullWaitMs = 10_000;
const dayMs = 86_400_000;

export async function servePubsub(exchange: Exchange, { topics, principals }: PubsubOptions): Promise<void> {
  exchange.api = "pubsub:unknown";
  const operations = operationsOn(topics);
  try {
    const [, project, collection, name = "", verb, part] =
      /^\/v1\/projects\/([^/:]+)\/(topics|subscriptions)(?:\/([^/:]+)(?::([A-Za-z]+)|\/(subscriptions))?)?$/.exec(
        exchange.path,
      ) ?? [];
    const shape = [exchange.method, collection, name === "" ? "" : "one", verb ?? part ?? ""]
      .filter((one) => one !== "")
      .join(" ");
    const operation = Object.hasOwn(operations, shape) ? operations[shape] : undefined;
    if (operation) exchange.api = `pubsub:${operation[0]}`;
    const principal = principals().byToken(header(exchange, "authorization"));
    const body = await readBody(exchange.body, limits.jsonBytes);
    if (!principal)
      throw new Fault("UNAUTHENTICATED", 401, "the token must be <access key>.<secret key> of a service of this machine");
    if (!operation || project === undefined) throw new Fault("UNIMPLEMENTED", 501, "this machine does not have this operation");
    const input = parseJson(body, () => invalid("the body is no JSON object"));
    const output = await operation[1]({
      principal,
      project,
      name: decoded(name),
      fields: fieldsOf(input, invalid),
      input,
      exchange,
    });
    answer(exchange, 200, { "content-type": "application/json" }, JSON.stringify(output));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const status = statuses[error.code] ?? error.code;
    answer(
      exchange,
      error.status,
      { "content-type": "application/json", ...error.headers },
      JSON.stringify({ error: { code: error.status, message: error.message, status } }),
    );
  }
}

const statuses: Readonly<Record<string, string>> = {
  RequestEntityTooLarge: "INVALID_ARGUMENT",
  OverLimit: "RESOURCE_EXHAUSTED",
  InvalidURI: "INVALID_ARGUMENT",
};

function operationsOn(
  topics: Topics,
): Readonly<Record<string, readonly [string, (call: PubsubCall) => Promise<object> | object]>> {
  async function find({ principal, name }: PubsubCall): Promise<OpenSubscription> {
    const found = (await topics.subscriptions(principal.environment)).find(({ is }) => is.name === name);
    if (!found) throw new Fault("NOT_FOUND", 404, "there is no such subscription");
    topics.use(principal, found.is.topic, "subscribe");
    return found;
  }
  async function listed({ principal }: PubsubCall): Promise<Subscription[]> {
    const mine = topics.namesFor(principal);
    return (await topics.subscriptions(principal.environment)).map(({ is }) => is).filter(({ topic }) => mine.includes(topic));
  }
  const topicView = ({ project }: PubsubCall, name: string): object => ({ name: `projects/${project}/topics/${name}` });

  return {
    "GET topics": ["ListTopics", (call) => ({ topics: topics.namesFor(call.principal).map((name) => topicView(call, name)) })],
    "GET topics one": ["GetTopic", (call) => topicView(call, topics.use(call.principal, call.name).name)],
    // The spec makes topics; one that it has is there already.
    "PUT topics one": [
      "CreateTopic",
      (call) => {
        topics.use(call.principal, call.name);
        throw new Fault("ALREADY_EXISTS", 409, "the topic is there");
      },
    ],
    "POST topics one publish": [
      "Publish",
      async ({ principal, name, fields }) => {
        const topic = topics.use(principal, name, "publish");
        const given = fields.records("messages");
        if (given.length === 0 || given.length > limits.publishedAtOnce)
          throw invalid(`from 1 to ${limits.publishedAtOnce} messages are published at once`);
        return {
          messageIds: await topics.publish(
            topic,
            given.map((one) => parsePubsubMessage(one, principal.accessKeyId)),
          ),
        };
      },
    ],
    "GET topics one subscriptions": [
      "ListTopicSubscriptions",
      async (call) => {
        topics.use(call.principal, call.name);
        const mine = (await listed(call)).filter(({ topic }) => topic === call.name);
        return { subscriptions: mine.map(({ name }) => `projects/${call.project}/subscriptions/${name}`) };
      },
    ],
    "GET subscriptions": [
      "ListSubscriptions",
      async (call) => ({ subscriptions: (await listed(call)).map((is) => viewOf(call, is)) }),
    ],
    "GET subscriptions one": ["GetSubscription", async (call) => viewOf(call, (await find(call)).is)],
    "PUT subscriptions one": [
      "CreateSubscription",
      async (call) => {
        const topic = topics.use(call.principal, nameIn(call.fields.text("topic"), "topics"), "subscribe");
        const is = parseSubscription(call, topic.name, topic.keepMs ?? 7 * dayMs);
        if (is.deadLetter) topics.use(call.principal, is.deadLetter.topic, "publish");
        return viewOf(call, (await topics.subscribe(is)).is);
      },
    ],
    "DELETE subscriptions one": [
      "DeleteSubscription",
      async (call) => {
        await topics.unsubscribe((await find(call)).is);
        return {};
      },
    ],
    "POST subscriptions one pull": [
      "Pull",
      async (call) => {
        const { is, queue } = await find(call);
        if (is.pushEndpoint !== undefined) throw new Fault("FAILED_PRECONDITION", 400, "what is pushed cannot be pulled");
        const most = call.fields.optionalWhole("maxMessages", 1, limits.publishedAtOnce);
        if (most === undefined) throw invalid("maxMessages is missing");
        const taken = await queue.take({
          most,
          waitMs: call.input["returnImmediately"] === true ? 0 : pullWaitMs,
          signal: call.exchange.gone,
        });
        return {
          receivedMessages: taken.map(({ message, handle, tries }) => ({
            ackId: handle,
            message: pubsubMessage(message),
            ...(is.deadLetter ? { deliveryAttempt: tries } : {}),
          })),
        };
      },
    ],
    "POST subscriptions one acknowledge": [
      "Acknowledge",
      async (call) => {
        const { queue } = await find(call);
        await queue.finish(call.fields.texts("ackIds"));
        return {};
      },
    ],
    "POST subscriptions one modifyAckDeadline": [
      "ModifyAckDeadline",
      async (call) => {
        const { queue } = await find(call);
        const seconds = call.fields.optionalWhole("ackDeadlineSeconds", 0, limits.ackDeadlineMs / 1_000);
        if (seconds === undefined) throw invalid("ackDeadlineSeconds is missing");
        await Promise.all(call.fields.texts("ackIds").map((handle) => queue.hold(handle, seconds * 1_000)));
        return {};
      },
    ],
    "POST subscriptions one modifyPushConfig": [
      "ModifyPushConfig",
      async (call) => {
        const { pushEndpoint: _former, ...rest } = (await find(call)).is;
        await topics.update({ ...rest, ...pushOf(call.fields) });
        return {};
      },
    ],
  };
}

function parseSubscription({ principal, name, fields, input }: PubsubCall, topic: string, keepMs: number): Subscription {
  if (!/^[A-Za-z][A-Za-z0-9._~%+-]{2,254}$/.test(name) || /^goog/i.test(name)) throw invalid("the subscription's name is none");
  for (const unknown of ["filter", "bigqueryConfig", "cloudStorageConfig", "enableExactlyOnceDelivery"])
    if (input[unknown]) throw new Fault("UNIMPLEMENTED", 501, `this machine does not have ${unknown}`);
  const deadline = fields.optionalWhole("ackDeadlineSeconds", 0, limits.ackDeadlineMs / 1_000) ?? 0;
  const dead = fields.optionalRecord("deadLetterPolicy");
  const policy = dead && fieldsOf(dead, invalid);
  return {
    name,
    topic,
    environment: principal.environment,
    ackDeadlineMs: (deadline || 10) * 1_000,
    ordered: input["enableMessageOrdering"] === true,
    keepMs,
    ...pushOf(fields),
    ...(policy
      ? {
          deadLetter: {
            topic: nameIn(policy.text("deadLetterTopic"), "topics"),
            tries: policy.optionalWhole("maxDeliveryAttempts", 1, 100) ?? 5,
          },
        }
      : {}),
  };
}

function pushOf(fields: Fields): { pushEndpoint?: string } {
  const config = fields.optionalRecord("pushConfig");
  const endpoint = config && fieldsOf(config, invalid).optionalText("pushEndpoint");
  if (endpoint === undefined || endpoint === "") return {};
  if (!loopbackUrl(endpoint)) throw invalid("pushEndpoint must be http:// on this machine");
  return { pushEndpoint: endpoint };
}

function nameIn(path: string, collection: string): string {
  const [, name] = new RegExp(`^projects/[^/]{1,100}/${collection}/([^/]{1,255})$`).exec(path) ?? [];
  if (name === undefined) throw invalid(`a name must be projects/<project>/${collection}/<name>`);
  return name;
}

function viewOf({ project }: PubsubCall, is: Subscription): object {
  return {
    name: `projects/${project}/subscriptions/${is.name}`,
    topic: `projects/${project}/topics/${is.topic}`,
    pushConfig: is.pushEndpoint === undefined ? {} : { pushEndpoint: is.pushEndpoint },
    ackDeadlineSeconds: Math.round(is.ackDeadlineMs / 1_000),
    messageRetentionDuration: `${Math.round(is.keepMs / 1_000)}s`,
    state: "ACTIVE",
    ...(is.ordered ? { enableMessageOrdering: true } : {}),
    ...(is.deadLetter
      ? {
          deadLetterPolicy: {
            deadLetterTopic: `projects/${project}/topics/${is.deadLetter.topic}`,
            maxDeliveryAttempts: is.deadLetter.tries,
          },
        }
      : {}),
  };
}
