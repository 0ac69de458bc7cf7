import type { ResourceDepths, ResourceServerConfig } from "../wire/resources.ts";
import { createKeys, type Keys } from "./kms/keys.ts";
import { createMailboxes, type Mailboxes } from "./mail/mailboxes.ts";
import { createPlaces } from "./places.ts";
import { createQueues, type Queues } from "./queue/queues.ts";
import { createBuckets, type Buckets } from "./s3/buckets.ts";
import { createTopics, type Topics } from "./topic/topics.ts";

export type Stores = {
  readonly buckets: Buckets;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly keys: Keys;
  readonly mailboxes: Mailboxes;
  readonly configure: (config: ResourceServerConfig) => Promise<void>;
  readonly openAll: () => Promise<void>;
  readonly tidy: () => Promise<void>;
  readonly depths: () => Promise<ResourceDepths>;
  readonly brokenLines: () => Promise<number>;
  /** All that an environment has here, for good. */
  readonly removeEnvironment: (environment: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

export type StoresOptions = { readonly machineKey: Buffer; readonly clock: () => number };

export async function createStores(folder: string, { machineKey, clock }: StoresOptions): Promise<Stores> {
  const places = await createPlaces(folder);
  const buckets = createBuckets(places, clock);
  const queues = createQueues(places, clock);
  const topics = createTopics(places, clock);
  const keys = createKeys(places, machineKey, clock);
  const mailboxes = createMailboxes(places, clock);
  return {
    buckets,
    queues,
    topics,
    keys,
    mailboxes,
    configure: async (config) => {
      await buckets.configure(config.buckets);
      await queues.configure(config.queues);
      mailboxes.configure(config.mailboxes);
      await keys.configure(config.keys);
      await topics.configure(config.topics);
    },
    openAll: async () => {
      await Promise.all([buckets.openAll(), queues.openAll(), topics.openAll()]);
    },
    tidy: async () => {
      await Promise.all([buckets.tidy(), queues.tidy(), topics.tidy()]);
    },
    depths: async () => ({
      at: new Date(clock()).toISOString(),
      queues: await queues.depths(),
      subscriptions: await topics.depths(),
    }),
    brokenLines: async () => (await buckets.brokenLines()) + (await queues.brokenLines()) + (await topics.brokenLines()),
    removeEnvironment: async (environment) => {
      await Promise.all([buckets, queues, topics, keys].map((one) => one.closeEnvironment(environment)));
      return places.removeEnvironment(environment);
    },
    close: async () => {
      await Promise.all([buckets.close(), queues.close(), topics.close()]);
    },
  };
}
