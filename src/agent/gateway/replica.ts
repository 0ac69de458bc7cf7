import { Client } from "undici";
import { InFlightList, type InFlight } from "./in-flight.ts";
import type { Limits } from "./limits.ts";

/** A ready process on 127.0.0.1. */
export type Endpoint = { readonly id: string; readonly port: number };

/**
 * One replica with its connections. A connection carries one request at a time, and the one that was used last is used next, so
 * that those which a burst left over fall idle and close.
 */
export class Replica {
  readonly id: string;
  readonly port: number;
  readonly inFlight = new InFlightList();
  /** Until when it is passed over, for it refused a connection. */
  suspectUntil = 0;
  private readonly idle: Client[] = [];
  private readonly clients = new Set<Client>();
  private readonly limits: Limits;
  private whenEmpty: (() => void)[] = [];
  private retired = false;

  constructor({ id, port }: Endpoint, limits: Limits) {
    this.id = id;
    this.port = port;
    this.limits = limits;
  }

  /** A connection that has carried a request before and is free. Give it back when the next is over. */
  takeIdle(): Client | undefined {
    return this.idle.pop();
  }

  giveBack(client: Client): void {
    if (this.retired) void client.destroy();
    else this.idle.push(client);
  }

  register(exchange: InFlight): void {
    this.inFlight.add(exchange);
  }

  unregister(exchange: InFlight): void {
    if (!this.inFlight.remove(exchange)) return;
    if (this.inFlight.size > 0 || this.whenEmpty.length === 0) return;
    const told = this.whenEmpty;
    this.whenEmpty = [];
    for (const tell of told) tell();
  }

  /** Calls back once when nothing is in flight; at once when nothing is. Returns what takes that back. */
  onEmpty(tell: () => void): () => void {
    if (this.inFlight.size === 0) tell();
    else this.whenEmpty.push(tell);
    return () => (this.whenEmpty = this.whenEmpty.filter((one) => one !== tell));
  }

  /** Closes its connections; those in use when their requests are over. */
  retire(): void {
    this.retired = true;
    for (const client of this.idle.splice(0)) void client.destroy();
  }

  async destroy(): Promise<void> {
    this.retired = true;
    await Promise.all([...this.clients].map((client) => client.destroy()));
  }

  /** A new one. */
  connect(): Client {
    const client = new Client(`http://127.0.0.1:${this.port}`, {
      pipelining: 1,
      // The time to an answer's first byte is limited for each request, by its service.
      headersTimeout: 0,
      bodyTimeout: this.limits.answerIdleMs,
      connect: { timeout: this.limits.connectMs, noDelay: true },
      maxHeaderSize: 65_536,
    });
    this.clients.add(client);
    return client;
  }
}
