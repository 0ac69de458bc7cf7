// Who may do what with which bucket, queue, topic, key and mailbox of this machine: what the resource server reads.
//
// Names are full names, one namespace a kind for the whole machine ("bytereview-dev-documents"). The same file serves all environments.

export type ResourceServerConfig = {
  readonly schemaVersion: 1;
  /** `Authorization: Bearer …` of what no service may do: read mail, rotate a key, remove an environment. */
  readonly adminToken: string;
  readonly principals: readonly ResourcePrincipal[];
  readonly buckets: readonly BucketConfig[];
  readonly queues: readonly QueueConfig[];
  readonly topics: readonly TopicConfig[];
  readonly keys: readonly KeyConfig[];
  readonly mailboxes: readonly MailboxConfig[];
};

/**
 * A service of an environment, as it signs in: the pair is what SigV4 signs with (S3, SQS, KMS), user and password of SMTP, and
 * joined by a full stop (`Authorization: Bearer <accessKeyId>.<secretKey>`) the token for Pub/Sub.
 */
export type ResourcePrincipal = {
  /** Letters, digits, `_` and `-`. */
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly environment: string;
  readonly service: string;
  readonly grants: readonly ResourceGrant[];
};

export type ResourceKind = "bucket" | "queue" | "topic" | "kms" | "mail";

export type ResourceAccess = "read" | "write" | "push" | "take" | "publish" | "subscribe" | "encrypt" | "decrypt" | "send";

export type ResourceGrant = {
  readonly resource: string;
  readonly kind: ResourceKind;
  readonly access: readonly ResourceAccess[];
};

export type BucketConfig = {
  readonly name: string;
  readonly environment: string;
  readonly versioning: boolean;
  /** How long a version stays after a newer one took its place. */
  readonly keepVersionsMs?: number;
  /** The origins whose pages may use it by presigned URLs. */
  readonly corsOrigins?: readonly string[];
};

export type QueueConfig = {
  readonly name: string;
  readonly environment: string;
  readonly visibilityMs: number;
  /** After so many tries a message goes to `<name>-dead`, which whoever may take from this queue may take from. */
  readonly tries?: number;
  readonly keepMs?: number;
  /** Messages of one MessageGroupId come in the order in which they were sent. */
  readonly ordered?: boolean;
};

export type TopicConfig = {
  readonly name: string;
  readonly environment: string;
  readonly keepMs?: number;
  /** Subscriptions that are there without a service making them. */
  readonly subscriptions?: readonly SubscriptionConfig[];
};

export type SubscriptionConfig = {
  readonly name: string;
  readonly ackDeadlineMs?: number;
  /** `http://` on this machine. */
  readonly pushEndpoint?: string;
  readonly ordered?: boolean;
};

export type KeyConfig = {
  readonly id: string;
  readonly environment: string;
  /** A key of its own for each value of the encryption context's `tenant`, which is then required. */
  readonly perTenant: boolean;
  readonly rotateMs?: number;
};

export type MailboxConfig = { readonly name: string; readonly environment: string };

/** What waits where: `GET /_gantry/depths`. */
export type ResourceDepths = {
  readonly at: string;
  readonly queues: readonly QueueDepth[];
  readonly subscriptions: readonly (QueueDepth & { readonly topic: string })[];
};

export type QueueDepth = {
  readonly name: string;
  readonly environment: string;
  /** Could be taken now. */
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Were set aside after too many tries. */
  readonly dead: number;
  /** Of the oldest that nobody has finished. */
  readonly oldestAgeMs: number;
};

/** `GET /_gantry/mail/<environment>`, newest first. */
export type MailView = {
  readonly id: string;
  readonly at: string;
  readonly environment: string;
  readonly service: string;
  readonly mailbox: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly bytes: number;
};
