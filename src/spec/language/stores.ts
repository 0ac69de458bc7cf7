import { Access, Address, Resource, type ResourceOptions, ResourceStep } from "./resource.ts";
import type { Secret } from "./secret.ts";
import { type Distribution, type Signal, distribution, measure } from "./signal.ts";
import type { Bytes, Cron, Duration } from "./units.ts";

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
  /** The folder of SQL files that are applied in its place on this machine: `0001_name.sql` and on, seen from the spec's folder. */
  readonly here?: string;
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
