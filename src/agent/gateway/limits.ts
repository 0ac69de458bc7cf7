/** What the gateway lets a client or a service cost it. */
export type Limits = {
  /** Bytes of a request's target and headers; more is 431. */
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Headers must be whole within this; later is 408. */
  readonly headerMs: number;
  /** Silence in the middle of a request's body; longer is 408. */
  readonly bodyIdleMs: number;
  /** A whole request, however steadily it drips. */
  readonly uploadMs: number;
  /** A service's answer must begin within this unless its table entry says otherwise; later is 504. */
  readonly requestMs: number;
  /** Silence in the middle of an answer; longer ends it. */
  readonly answerIdleMs: number;
  readonly connectMs: number;
  /** How long a client's idle connection is kept. */
  readonly keepAliveMs: number;
  readonly connections: number;
  /** Requests of one service that may wait at a time; more are 503. */
  readonly parked: number;
  /** How long after a refused connection a replica is tried again. */
  readonly suspectMs: number;
  /** How long `close` waits for requests in flight. */
  readonly closeMs: number;
};

export const defaultLimits: Limits = {
  headerBytes: 16_384,
  headerCount: 100,
  headerMs: 10_000,
  bodyIdleMs: 30_000,
  uploadMs: 3_600_000,
  requestMs: 300_000,
  answerIdleMs: 600_000,
  connectMs: 5_000,
  keepAliveMs: 75_000,
  connections: 8_192,
  parked: 1_000,
  suspectMs: 100,
  closeMs: 5_000,
};
