import { Access, type AnyResource, type Container, Resource, type ResourceOptions } from "./resource.ts";
import type { Secret } from "./secret.ts";
import { type Distribution, type Signal, distribution, measure } from "./signal.ts";
import type { Bytes, Duration } from "./units.ts";
import type { Postgres, Redis } from "./stores.ts";

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
