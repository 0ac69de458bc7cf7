import type { BucketConfig, ResourceAccess, ResourcePrincipal } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { createOpened } from "../opened.ts";
import { fileNameOf, type Places } from "../places.ts";
import { mayUse } from "../principals.ts";
import { openBucket, type Bucket } from "./bucket.ts";

export type BucketTotals = {
  readonly name: string;
  readonly environment: string;
  readonly objects: number;
  readonly bytes: number;
};

export type Buckets = {
  readonly configure: (configs: readonly BucketConfig[]) => Promise<void>;
  readonly use: (principal: ResourcePrincipal, name: string, access?: ResourceAccess) => Promise<Bucket>;
  readonly configOf: (name: string) => BucketConfig | undefined;
  readonly namesFor: (principal: ResourcePrincipal) => string[];
  readonly openAll: () => Promise<void>;
  readonly tidy: () => Promise<void>;
  readonly totals: () => Promise<BucketTotals[]>;
  readonly brokenLines: () => Promise<number>;
  readonly closeEnvironment: (environment: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export function createBuckets(places: Places, clock: () => number): Buckets {
  let configs = new Map<string, BucketConfig>();
  const opened = createOpened<Bucket>();

  function open(config: BucketConfig): Promise<Bucket> {
    return opened.get(config.environment, config.name, async () => {
      const folder = await places.folder(config.environment, "buckets", fileNameOf(config.name));
      const blobs = await places.folder(config.environment, "buckets", fileNameOf(config.name), "blobs");
      return openBucket(folder, blobs, config, clock);
    });
  }

  return {
    configOf: (name) => configs.get(name),
    namesFor: (principal) => [...configs.keys()].filter((name) => mayUse(principal, "bucket", name)).toSorted(),
    use: async (principal, name, access) => {
      const config = configs.get(name);
      if (!config) throw new Fault("NoSuchBucket", 404, "The specified bucket does not exist");
      if (!mayUse(principal, "bucket", name, access)) throw new Fault("AccessDenied", 403, "Access Denied");
      return open(config);
    },
    configure: async (next) => {
      configs = new Map(next.map((config) => [config.name, config]));
      await opened.keepOnly(next);
      for (const [name, bucket] of await opened.all()) bucket.configure(configs.get(name) ?? bucket.config());
    },
    openAll: async () => {
      for (const config of configs.values()) await open(config);
    },
    tidy: async () => {
      for (const [, bucket] of await opened.all()) await bucket.tidy();
    },
    totals: async () => {
      const all = await opened.all();
      return all.map(([name, bucket]) => ({ name, environment: bucket.config().environment, ...bucket.index.totals() }));
    },
    brokenLines: async () => (await opened.all()).reduce((sum, [, bucket]) => sum + bucket.brokenLines(), 0),
    closeEnvironment: opened.closeEnvironment,
    close: () => opened.close(),
  };
}
