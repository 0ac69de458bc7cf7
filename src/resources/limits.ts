// How much a client may send. Those of the clouds where they have one.

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export const limits = {
  headerBytes: 32 * kibibyte,
  headersTimeoutMs: 10_000,
  /** The longest upload; one that sends nothing for `idleTimeoutMs` ends sooner. */
  requestTimeoutMs: 3_600_000,
  idleTimeoutMs: 60_000,
  connections: 2_000,

  objectBytes: 5 * 1024 * mebibyte,
  keyBytes: 1_024,
  objectsPerBucket: 1_000_000,
  userMetadataBytes: 2 * kibibyte,
  xmlBytes: 4 * mebibyte,
  deletedAtOnce: 1_000,
  parts: 10_000,
  minPartBytes: 5 * mebibyte,
  uploadsPerBucket: 1_000,
  tags: 10,

  jsonBytes: 16 * mebibyte,
  messageBytes: mebibyte,
  queueBytes: 512 * mebibyte,
  batch: 10,
  waitMs: 20_000,
  visibilityMs: 43_200_000,
  delayMs: 900_000,
  attributes: 10,

  publishedAtOnce: 1_000,
  publishedBytes: 10 * mebibyte,
  subscriptionsPerTopic: 100,
  ackDeadlineMs: 600_000,
  pushesAtOnce: 8,

  plaintextBytes: 4 * kibibyte,
  contextBytes: 8 * kibibyte,

  mailBytes: 25 * mebibyte,
  mailsKept: 1_000,
  recipients: 100,
  smtpClients: 100,

  chunkHeaderBytes: 4 * kibibyte,
  trailerBytes: 8 * kibibyte,
} as const;
