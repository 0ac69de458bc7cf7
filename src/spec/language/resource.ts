import { entity, options, reference } from "../node.ts";
import type { Secret } from "./secret.ts";
import { type Distribution, type Signal, distribution, measure } from "./signal.ts";
import type { Bytes, Cron, Duration } from "./units.ts";

/** Something a service may do with a resource; what it takes to be allowed follows from it. */
export class Access {
  readonly kind = "access";
  constructor(to: AnyResource, access: string) {
    reference(this, to, { access });
  }
}

/** What is only known of a thing once it runs. */
export type Attribute = "url" | "host" | "port" | "connectionName" | "privateAddress" | "id" | "revision";

/** An address or name that is only known where the resource runs. */
export class Address {
  readonly kind = "address";
  constructor(to: object, attribute: string, more: object = {}) {
    reference(this, to, { attribute, ...more });
  }
}

/** Something that must hold of a resource before a release goes on, or is done for it. */
export class ResourceStep {
  readonly kind = "step";
  constructor(to: AnyResource, step: string) {
    reference(this, to, { step });
  }
}

/** How a resource runs where the environment is a set of containers. */
export type Container = {
  readonly image: string;
  /** "host:container" */
  readonly ports?: readonly `${number}:${number}`[];
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly volume?: string;
};

export type ResourceOptions = {
  readonly title?: string;
  /** Its name where it runs, when that is not the name here. */
  readonly instance?: string;
  /** Reachable from private addresses only (the default); a store of data is never public. */
  readonly private?: boolean;
  readonly public?: boolean;
  /** Somebody else runs it; Gantry only connects. */
  readonly external?: boolean;
  readonly port?: number;
  /** The secret that holds its whole address, password and all; where there is one, `url` means it. */
  readonly urlIn?: Secret;
  readonly container?: Container;
};

/** What every resource has: a name, an address, and how its health is measured. */
export abstract class Resource<Options extends object = ResourceOptions> {
  readonly kind: string;
  readonly name: string;
  /** What `set` may change of it; a type only. */
  declare readonly "~options"?: Options;

  constructor(kind: string, name: string, given: object | undefined) {
    this.kind = kind;
    this.name = name;
    entity(this, "resources", name, { data: { kind, ...options(given) }, given, args: { name: 0 } });
  }

  get url(): Address {
    return new Address(this, "url");
  }
  get host(): Address {
    return new Address(this, "host");
  }
  get port(): Address {
    return new Address(this, "port");
  }
  /** May read, not write. */
  get read(): Access {
    return new Access(this, "read");
  }
}

/** Any resource, whatever its options. */
export type AnyResource = Omit<Resource, "~options">;

export type Backup = {
  /** Any moment of this last while can be brought back. */
  readonly pitr?: Duration;
  readonly dump?: "hourly" | "daily" | "weekly" | Cron;
  readonly keep?: Duration;
  readonly to?: Bucket;
  /** Where a restore goes; the old instance stays until someone says otherwise. */
  readonly restoreTo?: "new instance" | "same instance";
  /** Brings a restored instance under the infrastructure code. */
  readonly adopt?: "terraform import";
  readonly encrypted?: boolean;
  readonly verify?: Cron;
};

export type Migrations = {
  readonly folder: string;
  readonly tool?: "sql" | "alembic" | "sqlx" | "prisma" | "dbmate" | "flyway";
  /** The pipeline step that runs them. */
  readonly step?: string;
  /** Makes the SQL without a database, so that it can be checked. */
  readonly offline?: string;
  readonly apply?: string;
  readonly revert?: string;
  /** Where the command finds the database. */
  readonly url?: Secret;
  readonly run?: "before traffic";
  readonly reversibleOnly?: boolean;
  readonly destructive?: "over two releases" | "never";
  readonly snapshotFirst?: boolean;
  /** What a snapshot before a release is called, with <run> for the release. */
  readonly snapshotName?: string;
};

export type Replica = { readonly region?: string; readonly size?: string; readonly zones?: number };

export type PostgresOptions = ResourceOptions & {
  readonly version: 13 | 14 | 15 | 16 | 17 | 18;
  readonly size?: string;
  readonly storage?: Bytes;
  readonly highAvailability?: boolean;
  readonly replicas?: readonly Replica[];
  readonly backup?: Backup;
  readonly migrations?: string | Migrations;
  /** How many connections the server gives out. */
  readonly maxConnections?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: Secret;
  readonly encrypted?: boolean;
  /** Comes back by itself after a stop. */
  readonly autoRestart?: boolean;
  /** What watches row-level security. */
  readonly rowSecurity?: boolean;
};

export class Postgres extends Resource<PostgresOptions> {
  declare readonly kind: "postgres";

  constructor(name: string, given: PostgresOptions) {
    super("postgres", name, given);
  }

  get connectionName(): Address {
    return new Address(this, "connectionName");
  }
  get privateAddress(): Address {
    return new Address(this, "privateAddress");
  }
  /** Its migrations ran and every one of them succeeded. */
  get migrated(): ResourceStep {
    return new ResourceStep(this, "migrated");
  }
  /** Runs its migrations. */
  get migrate(): ResourceStep {
    return new ResourceStep(this, "migrate");
  }
  /** Takes a snapshot that can be gone back to. */
  get snapshot(): ResourceStep {
    return new ResourceStep(this, "snapshot");
  }
  /** The share of its connections that are taken. */
  get connectionsUsed(): Signal {
    return measure("connectionsUsed", this);
  }
  get connections(): Signal {
    return measure("connections", this);
  }
  get replicationLag(): Signal {
    return measure("replicationLag", this);
  }
  get queryTime(): Distribution {
    return distribution("queryTime", this);
  }
  get disk(): Signal {
    return measure("disk", this);
  }
  get backupFailures(): Signal {
    return measure("backupFailures", this);
  }
  get backupAge(): Signal {
    return measure("backupAge", this);
  }
}

export function postgres(name: string, options: PostgresOptions): Postgres {
  return new Postgres(name, options);
}

export type RedisOptions = ResourceOptions & {
  readonly version: 6 | 7 | 8 | "6.2" | "7.0" | "7.2" | "8.0";
  readonly memory?: Bytes;
  readonly tier?: "basic" | "standard";
  readonly size?: string;
  readonly cluster?: boolean;
  readonly encrypted?: boolean;
  readonly password?: Secret;
};

export class Redis extends Resource<RedisOptions> {
  declare readonly kind: "redis";

  constructor(name: string, given: RedisOptions) {
    super("redis", name, given);
  }

  get memory(): Signal {
    return measure("memory", this);
  }
  get hitRate(): Signal {
    return measure("hitRate", this);
  }
  get connections(): Signal {
    return measure("connections", this);
  }
}

export function redis(name: string, options: RedisOptions): Redis {
  return new Redis(name, options);
}

export type LifeCycle = {
  readonly after: Duration;
  readonly to: "nearline" | "coldline" | "archive" | "glacier" | "cool" | "delete";
};

export type BucketOptions = ResourceOptions & {
  readonly engine?: "cloud" | "minio";
  /** Old versions are kept this long. */
  readonly versions?: Duration;
  readonly lifeCycle?: readonly LifeCycle[];
  readonly bucket?: string;
  readonly encrypted?: boolean;
  readonly restore?: "copy previous version";
  readonly replicas?: readonly Replica[];
  readonly backup?: Backup;
};

export class Bucket extends Resource<BucketOptions> {
  declare readonly kind: "bucket";

  constructor(name: string, given: BucketOptions = {}) {
    super("bucket", name, given);
  }

  get write(): Access {
    return new Access(this, "write");
  }
  get disk(): Signal {
    return measure("disk", this);
  }
  get backupFailures(): Signal {
    return measure("backupFailures", this);
  }
}

export function bucket(name: string, options: BucketOptions = {}): Bucket {
  return new Bucket(name, options);
}

export type TopicOptions = ResourceOptions & { readonly keep?: Duration };

export class Topic extends Resource<TopicOptions> {
  declare readonly kind: "topic";

  constructor(name: string, given: TopicOptions = {}) {
    super("topic", name, given);
  }

  get publish(): Access {
    return new Access(this, "publish");
  }
  get subscribe(): Access {
    return new Access(this, "subscribe");
  }
}

export function topic(name: string, options: TopicOptions = {}): Topic {
  return new Topic(name, options);
}

export type QueueOptions = ResourceOptions & {
  /** What holds it: a redis, a topic; without it the cloud's own queue does. */
  readonly on?: Redis | Topic;
  readonly engine?: "arq" | "bullmq" | "pubsub" | "sqs";
  /** Set aside after this many tries. */
  readonly tries?: number;
  readonly keep?: Duration;
};

export class Queue extends Resource<QueueOptions> {
  declare readonly kind: "queue";

  constructor(name: string, given: QueueOptions = {}) {
    super("queue", name, given);
  }

  get push(): Access {
    return new Access(this, "push");
  }
  get deadLetters(): Signal {
    return measure("deadLetters", this);
  }
  get age(): Signal {
    return measure("queueAge", this);
  }
}

export function queue(name: string, options: QueueOptions = {}): Queue {
  return new Queue(name, options);
}

export type KmsKeyOptions = ResourceOptions & {
  /** A key of its own for each tenant. */
  readonly perTenant?: boolean;
  /** Data is encrypted with data keys, and those with this key. */
  readonly envelope?: boolean;
  readonly rotate?: Duration;
};

export class KmsKey extends Resource<KmsKeyOptions> {
  declare readonly kind: "kms";

  constructor(name: string, given: KmsKeyOptions = {}) {
    super("kms", name, given);
  }

  get id(): Address {
    return new Address(this, "id");
  }
  get encrypt(): Access {
    return new Access(this, "encrypt");
  }
  get decrypt(): Access {
    return new Access(this, "decrypt");
  }
}

export function kmsKey(name: string, options: KmsKeyOptions = {}): KmsKey {
  return new KmsKey(name, options);
}

export type SearchOptions = ResourceOptions & {
  readonly engine: "typesense" | "opensearch" | "meilisearch";
  readonly version?: string;
  readonly size?: { readonly cpu: number; readonly memory: Bytes };
  readonly apiKey?: Secret;
};

export class Search extends Resource<SearchOptions> {
  declare readonly kind: "search";

  constructor(name: string, given: SearchOptions) {
    super("search", name, given);
  }

  get queryTime(): Distribution {
    return distribution("queryTime", this);
  }
}

export function search(name: string, options: SearchOptions): Search {
  return new Search(name, options);
}

export type WorkflowsOptions = ResourceOptions & {
  readonly engine: "temporal";
  readonly version?: string;
  /** Where it keeps its state. */
  readonly on?: Postgres;
  readonly namespace?: string;
  /** Its own web page. */
  readonly ui?: Container;
};

export class Workflows extends Resource<WorkflowsOptions> {
  declare readonly kind: "workflows";

  constructor(name: string, given: WorkflowsOptions) {
    super("workflows", name, given);
  }

  get throughput(): Signal {
    return measure("throughput", this);
  }
  get failureRate(): Signal {
    return measure("failureRate", this);
  }
  get deadLetters(): Signal {
    return measure("deadLetters", this);
  }
}

export function workflows(name: string, options: WorkflowsOptions): Workflows {
  return new Workflows(name, options);
}

export type ScannerOptions = ResourceOptions & { readonly engine: "clamav"; readonly version?: string };

export class Scanner extends Resource<ScannerOptions> {
  declare readonly kind: "scanner";

  constructor(name: string, given: ScannerOptions) {
    super("scanner", name, given);
  }

  get scan(): Access {
    return new Access(this, "scan");
  }
}

export function virusScanner(name: string, options: ScannerOptions): Scanner {
  return new Scanner(name, options);
}

export type MailOptions = ResourceOptions & { readonly from?: string; readonly password?: Secret };

export class Mail extends Resource<MailOptions> {
  declare readonly kind: "mail";

  constructor(name: string, given: MailOptions = {}) {
    super("mail", name, given);
  }

  get send(): Access {
    return new Access(this, "send");
  }
}

export function mail(name: string, options: MailOptions = {}): Mail {
  return new Mail(name, options);
}

export type PartnerOptions = ResourceOptions & {
  readonly home?: string;
  readonly sandbox?: string;
  readonly key?: Secret;
  /** The product goes on without it; what that means is said here. */
  readonly without?: string;
  /** How its tokens come back after they were lost. */
  readonly restore?: "users authorise again";
};

/** A system of somebody else's that the product talks to. */
export class Partner extends Resource<PartnerOptions> {
  declare readonly kind: "partner";

  constructor(name: string, given: PartnerOptions = {}) {
    super("partner", name, given);
  }
}

export function partner(name: string, options: PartnerOptions = {}): Partner {
  return new Partner(name, options);
}

export type EmulatorOptions = ResourceOptions & { readonly of: readonly AnyResource[]; readonly container: Container };

/** One container that plays several resources where the real ones are not to be had. */
export class Emulator extends Resource<EmulatorOptions> {
  declare readonly kind: "emulator";

  constructor(name: string, given: EmulatorOptions) {
    super("emulator", name, given);
  }
}

export function emulator(name: string, options: EmulatorOptions): Emulator {
  return new Emulator(name, options);
}
