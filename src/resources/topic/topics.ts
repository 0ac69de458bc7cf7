import { randomUUID } from "node:crypto";
import { readFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { writeWhole } from "../../system/whole-file.ts";
import type { QueueDepth, ResourceAccess, ResourcePrincipal, TopicConfig } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { limits } from "../limits.ts";
import { createOpened } from "../opened.ts";
import { fileNameOf, type Places } from "../places.ts";
import { mayUse } from "../principals.ts";
import { openMessageQueue, type MessageQueue } from "../queue/message-queue.ts";
import type { NewMessage } from "../queue/message.ts";
import { isRecord } from "../../lib/is-record.ts";
import { startPusher, type Pusher } from "./push.ts";
import type { Subscription } from "./subscription.ts";

// Topics and their subscriptions. A subscription is a queue of its own with what was published since it is there.
//
// 1. What is published is acknowledged when every subscription has it on the disk.
// 2. A name of a subscription is one within its environment.
// 3. Which subscriptions there are stands in a file each, beside the journal of its messages.

export type OpenSubscription = { readonly is: Subscription; readonly queue: MessageQueue };

export type Topics = {
  readonly configure: (configs: readonly TopicConfig[]) => Promise<void>;
  readonly use: (principal: ResourcePrincipal, topic: string, access?: ResourceAccess) => TopicConfig;
  readonly namesFor: (principal: ResourcePrincipal) => string[];
  readonly publish: (topic: TopicConfig, messages: readonly NewMessage[]) => Promise<string[]>;
  readonly subscribe: (subscription: Subscription) => Promise<OpenSubscription>;
  readonly subscriptions: (environment: string) => Promise<OpenSubscription[]>;
  readonly update: (subscription: Subscription) => Promise<void>;
  readonly unsubscribe: (subscription: Subscription) => Promise<void>;
  readonly openAll: () => Promise<void>;
  readonly tidy: () => Promise<void>;
  readonly depths: () => Promise<(QueueDepth & { topic: string })[]>;
  readonly brokenLines: () => Promise<number>;
  readonly closeEnvironment: (environment: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Held = { is: Subscription; readonly queue: MessageQueue; pusher: Pusher | undefined };
type Room = { readonly subscriptions: Map<string, Held>; readonly close: () => Promise<void> };

const dayMs = 86_400_000;

export function createTopics(places: Places, clock: () => number): Topics {
  let configs = new Map<string, TopicConfig>();
  const rooms = createOpened<Room>();

  function roomOf(environment: string): Promise<Room> {
    return rooms.get(environment, environment, async () => {
      const folder = await places.folder(environment, "topics");
      const subscriptions = new Map<string, Held>();
      for (const file of await readdir(folder))
        if (file.endsWith(".json")) {
          const is = parseKept(await readFile(path.join(folder, file), "utf8"));
          if (is) subscriptions.set(is.name, await open(is));
        }
      for (const is of declaredIn(environment)) {
        if (subscriptions.has(is.name)) continue;
        subscriptions.set(is.name, await open(is));
        await keep(is);
      }
      return {
        subscriptions,
        close: async () => {
          for (const { pusher, queue } of subscriptions.values()) {
            await pusher?.stop();
            await queue.close();
          }
        },
      };
    });
  }

  async function fileOf({ environment, name }: Subscription, ending: string): Promise<string> {
    return path.join(await places.folder(environment, "topics"), `${fileNameOf(name)}.${ending}`);
  }

  async function open(is: Subscription): Promise<Held> {
    const queue = await openMessageQueue(await fileOf(is, "journal"), optionsOf(is), clock);
    return { is, queue, pusher: is.pushEndpoint === undefined ? undefined : startPusher(is, queue) };
  }

  function optionsOf({
    ackDeadlineMs,
    keepMs,
    ordered,
    deadLetter,
    environment,
  }: Subscription): Parameters<typeof openMessageQueue>[1] {
    return {
      visibilityMs: ackDeadlineMs,
      keepMs,
      ordered,
      ...(deadLetter === undefined
        ? {}
        : {
            tries: deadLetter.tries,
            setAside: async ({ body, attributes, group, sender }) => {
              const topic = configs.get(deadLetter.topic);
              // Nowhere to put it: it stays, and is tried again.
              if (!topic || topic.environment !== environment)
                throw new Fault("FAILED_PRECONDITION", 400, "the topic for dead letters is gone");
              await publish(topic, [{ body, attributes, sender, ...(group === undefined ? {} : { group }) }]);
            },
          }),
    };
  }

  async function publish({ name, environment }: TopicConfig, messages: readonly NewMessage[]): Promise<string[]> {
    const { subscriptions } = await roomOf(environment);
    const stamped = messages.map((message) => ({ ...message, id: randomUUID() }));
    const mine = [...subscriptions.values()].filter(({ is }) => is.topic === name);
    await Promise.all(mine.map(({ queue }) => queue.send(stamped)));
    return stamped.map(({ id }) => id);
  }

  async function keep(is: Subscription): Promise<void> {
    writeWhole(await fileOf(is, "json"), JSON.stringify({ schemaVersion: 1, subscription: is }));
  }

  async function subscribe(is: Subscription): Promise<OpenSubscription> {
    const { subscriptions } = await roomOf(is.environment);
    if (subscriptions.has(is.name)) throw new Fault("ALREADY_EXISTS", 409, "there is a subscription of this name");
    if ([...subscriptions.values()].filter(({ is: { topic } }) => topic === is.topic).length >= limits.subscriptionsPerTopic)
      throw new Fault("RESOURCE_EXHAUSTED", 429, `a topic has at most ${limits.subscriptionsPerTopic} subscriptions`);
    const held = await open(is);
    if (subscriptions.has(is.name)) {
      await held.pusher?.stop();
      await held.queue.close();
      throw new Fault("ALREADY_EXISTS", 409, "there is a subscription of this name");
    }
    subscriptions.set(is.name, held);
    await keep(is);
    return held;
  }

  async function update(is: Subscription): Promise<void> {
    const held = (await roomOf(is.environment)).subscriptions.get(is.name);
    if (!held) return;
    await keep(is);
    const former = held.pusher;
    held.pusher = undefined;
    held.is = is;
    held.queue.configure(optionsOf(is));
    await former?.stop();
    if (is.pushEndpoint !== undefined) held.pusher = startPusher(is, held.queue);
  }

  /** Those that the spec names are there without a service making them. */
  function declaredIn(environment: string): Subscription[] {
    return [...configs.values()]
      .filter((topic) => topic.environment === environment)
      .flatMap(({ name: topic, keepMs = 7 * dayMs, subscriptions = [] }) =>
        subscriptions.map(({ name, ackDeadlineMs = 10_000, pushEndpoint, ordered = false }) => ({
          name,
          topic,
          environment,
          ackDeadlineMs,
          ordered,
          keepMs,
          ...(pushEndpoint === undefined ? {} : { pushEndpoint }),
        })),
      );
  }

  async function declare(): Promise<void> {
    for (const environment of new Set([...configs.values()].map((topic) => topic.environment))) {
      const { subscriptions } = await roomOf(environment);
      for (const is of declaredIn(environment)) {
        const there = subscriptions.get(is.name);
        if (!there) await subscribe(is);
        else if (JSON.stringify(sorted(there.is)) !== JSON.stringify(sorted(is))) await update(is);
      }
    }
  }

  async function openRooms(): Promise<Room[]> {
    return (await rooms.all()).map(([, room]) => room);
  }

  return {
    publish,
    subscribe,
    update,
    namesFor: (principal) => [...configs.keys()].filter((name) => mayUse(principal, "topic", name)),
    use: (principal, name, access) => {
      const topic = configs.get(name);
      if (!topic) throw new Fault("NOT_FOUND", 404, "this machine has no such topic");
      if (!mayUse(principal, "topic", name, access))
        throw new Fault(
          "PERMISSION_DENIED",
          403,
          `${principal.service} of ${principal.environment} may not ${access ?? "use"} ${name}`,
        );
      return topic;
    },
    configure: async (next) => {
      configs = new Map(next.map((config) => [config.name, config]));
      await rooms.keepOnly(next.map(({ environment }) => ({ environment, name: environment })));
      await declare();
    },
    subscriptions: async (environment) => [...(await roomOf(environment)).subscriptions.values()],
    unsubscribe: async (is) => {
      const { subscriptions } = await roomOf(is.environment);
      const held = subscriptions.get(is.name);
      if (!held) return;
      subscriptions.delete(is.name);
      // Its file first: without it there is no subscription, whatever else is left.
      await rm(await fileOf(is, "json"), { force: true });
      await held.pusher?.stop();
      await held.queue.close();
      await rm(await fileOf(is, "journal"), { force: true });
    },
    openAll: async () => {
      for (const { environment } of configs.values()) await roomOf(environment);
    },
    tidy: async () => {
      for (const { subscriptions } of await openRooms()) for (const { queue } of subscriptions.values()) await queue.tidy();
    },
    depths: async () =>
      (await openRooms()).flatMap(({ subscriptions }) =>
        [...subscriptions.values()].map(({ is, queue }) => ({
          name: is.name,
          topic: is.topic,
          environment: is.environment,
          ...queue.counts(),
          dead: 0,
        })),
      ),
    brokenLines: async () =>
      (await openRooms()).reduce(
        (sum, { subscriptions }) =>
          sum + [...subscriptions.values()].reduce((lines, { queue }) => lines + queue.brokenLines(), 0),
        0,
      ),
    closeEnvironment: rooms.closeEnvironment,
    close: () => rooms.close(),
  };
}

function sorted(is: Subscription): unknown {
  return Object.entries(is).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function parseKept(text: string): Subscription | undefined {
  const value: unknown = JSON.parse(text);
  return isRecord(value) && value["schemaVersion"] === 1 ? (value["subscription"] as Subscription) : undefined;
}
