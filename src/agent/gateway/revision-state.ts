import type { RevisionTraffic } from "../../wire/traffic.ts";
import { Counters } from "./counters.ts";
import type { InFlight } from "./in-flight.ts";
import type { Limits } from "./limits.ts";
import { createParkingLot } from "./parking.ts";
import { Replica, type Endpoint } from "./replica.ts";
import type { RevisionKey } from "./routing-table.ts";
import { Users } from "./users.ts";

/** One revision as the gateway sees it: its replicas, who waits for one, and what it did. */
export class RevisionState {
  readonly key: RevisionKey;
  readonly counters = new Counters();
  readonly users = new Users();
  /** Requests that wait for a replica. */
  readonly lot = createParkingLot();
  lastRequestAt = 0;
  private replicas: Replica[] = [];
  /** Get nothing new, and have something in flight. */
  private readonly leaving = new Set<Replica>();
  private turn = 0;
  private readonly limits: Limits;
  private probing: NodeJS.Timeout | undefined;

  constructor(key: RevisionKey, limits: Limits) {
    this.key = key;
    this.limits = limits;
  }

  get inFlight(): number {
    let sum = 0;
    for (const replica of this.replicas) sum += replica.inFlight.size;
    for (const replica of this.leaving) sum += replica.inFlight.size;
    return sum;
  }

  get hasReplicas(): boolean {
    return this.replicas.length > 0;
  }

  traffic(): RevisionTraffic {
    const users = this.users.view();
    return { ...this.counters.view(this.key, this.inFlight), ...(users === undefined ? {} : { users }) };
  }

  /**
   * Selects the least loaded replica and registers the request there, in one step: whoever removes the replica afterwards finds the
   * request in flight on it. Equals take turns. None is taken when all refused a connection just now.
   */
  admit(exchange: InFlight): Replica | undefined {
    const { replicas } = this;
    const count = replicas.length;
    let best: Replica | undefined;
    let now = 0;
    for (let step = 0; step < count; step++) {
      const replica = replicas[(this.turn + step) % count];
      if (replica === undefined) continue;
      if (replica.suspectUntil > 0 && replica.suspectUntil > (now ||= performance.now())) continue;
      if (best === undefined || replica.inFlight.size < best.inFlight.size) best = replica;
    }
    if (count > 1) this.turn = (this.turn + 1) % count;
    best?.register(exchange);
    return best;
  }

  /** It refused a connection: others go first for a moment. Requests that wait are tried again after it. */
  suspect(replica: Replica): void {
    replica.suspectUntil = performance.now() + this.limits.suspectMs;
    this.probing ??= setTimeout(() => {
      this.probing = undefined;
      for (const one of this.replicas) one.suspectUntil = 0;
      if (this.hasReplicas) this.lot.releaseAll();
    }, this.limits.suspectMs);
  }

  setEndpoints(endpoints: readonly Endpoint[]): void {
    const known = new Map(this.replicas.map((one) => [`${one.id} ${one.port}`, one]));
    this.replicas = endpoints.map((endpoint) => {
      const name = `${endpoint.id} ${endpoint.port}`;
      const replica = known.get(name) ?? new Replica(endpoint, this.limits);
      known.delete(name);
      replica.suspectUntil = 0;
      return replica;
    });
    for (const gone of known.values()) this.letGo(gone);
    if (this.hasReplicas) this.lot.releaseAll();
  }

  removeEndpoint(id: string): void {
    const gone = this.replicas.filter((one) => one.id === id);
    this.replicas = this.replicas.filter((one) => one.id !== id);
    for (const replica of gone) this.letGo(replica);
  }

  /** Those a drain is about: all of them, or the one of this id. */
  draining(id?: string): Replica[] {
    return [...this.replicas, ...this.leaving].filter((one) => id === undefined || one.id === id);
  }

  async close(): Promise<void> {
    clearTimeout(this.probing);
    await Promise.all([...this.replicas, ...this.leaving].map((one) => one.destroy()));
  }

  private letGo(replica: Replica): void {
    replica.retire();
    this.leaving.add(replica);
    replica.onEmpty(() => this.leaving.delete(replica));
  }
}
