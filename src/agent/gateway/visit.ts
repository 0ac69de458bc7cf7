// A request from its arrival until it is over: which service, which revision, which replica, and what is written down of it.
//
// 1. `admit` selects a replica and registers the request on it in one step without a pause in between, so that no switch, removal
//    or drain comes in the middle: whoever looks afterwards finds it in flight.
// 2. `finish` happens once. It takes the request off its replica, counts it and writes its line.
// 3. A request that waits has been sent nowhere and has told its client nothing.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isSampled } from "../../lib/trace-sample.ts";
import type { AccessLine } from "../../wire/traffic.ts";
import { chooseRevision } from "./choose-revision.ts";
import type { Core } from "./core.ts";
import { failsOnPurpose } from "./injected.ts";
import type { InFlight } from "./in-flight.ts";
import type { ParkingLot, Unserved, Waiter } from "./parking.ts";
import { refuse } from "./refusal.ts";
import type { Replica } from "./replica.ts";
import { leaveUnrecorded, readHead, type RequestHead } from "./request-head.ts";
import type { RevisionState } from "./revision-state.ts";
import type { ServiceState } from "./service-state.ts";
import type { User } from "./users.ts";

const visitOf = Symbol("visit");
type Watched = ServerResponse & { [visitOf]?: Visit };

export abstract class Visit implements InFlight, Waiter {
  slot = -1;
  protected readonly core: Core;
  protected readonly request: IncomingMessage;
  protected readonly response: ServerResponse;
  protected head: RequestHead | undefined;
  protected service: ServiceState | undefined;
  protected revision: RevisionState | undefined;
  protected replica: Replica | undefined;
  protected setCookie: string | undefined;
  private user: User | undefined;
  protected done = false;
  protected bytesOut = 0;
  private readonly startedAt = performance.now();
  private tag: string | undefined;
  private lot: ParkingLot | undefined;
  private parkedAt = 0;
  private parkedUntil = 0;
  private coldSince = 0;

  constructor(core: Core, request: IncomingMessage, response: ServerResponse) {
    this.core = core;
    this.request = request;
    this.response = response;
    (response as Watched)[visitOf] = this;
    response.on("close", onClose);
  }

  /** `bound` is the service whose own port this came in at. */
  begin(bound?: ServiceState): void {
    const head = readHead(this.request, this.core.limits);
    if ("status" in head) return this.refuse(head.status, head.fault, head.reason);
    this.head = head;
    this.service = bound;
    if (bound === undefined) {
      const place = this.core.routes.find(head.host, head.path);
      if (place === "host") return this.refuse(404, "unknown-host", "nothing here has this name");
      if (place === "path") return this.refuse(404, "unknown-path", "nothing here answers this path");
      this.service = place.service;
      this.tag = place.tag;
    }
    const share = this.service?.traceShare ?? 1;
    if (head.traceBegun && share < 1 && !isSampled(head.traceId, share)) leaveUnrecorded(head);
    this.select();
  }

  goOn(again: boolean): void {
    this.lot = undefined;
    if (this.coldSince > 0) this.revision?.counters.coldStart.record(performance.now() - this.coldSince);
    this.coldSince = 0;
    if (again || this.revision === undefined) this.select();
    else this.admit();
  }

  giveUp({ status, fault, reason }: Unserved): void {
    this.lot = undefined;
    this.refuse(status, fault, reason);
  }

  abstract goingAway(): void;
  abstract cut(): boolean;
  /** It is registered on `replica`. */
  protected abstract send(replica: Replica): void;
  protected abstract clientGone(): void;
  protected abstract get bytesIn(): number;

  private select(): void {
    const { service, head } = this;
    if (service === undefined || head === undefined) return;
    if (service.pause !== undefined) return this.waitForResume(service, head);
    const chosen = chooseRevision(service, head, this.tag, this.request.rawHeaders);
    if ("status" in chosen) return this.refuse(chosen.status, chosen.fault, chosen.reason);
    this.setCookie = chosen.setCookie;
    this.user = chosen.user;
    this.revision = service.revision(chosen.revision);
    if (service.injected !== undefined && failsOnPurpose(service.injected, chosen.revision))
      return this.refuse(503, "injected", "a game day lets this request fail");
    this.admit();
  }

  /** Also where a request comes back to whose replica refused it. */
  protected admit(): void {
    const { revision } = this;
    if (this.done || revision === undefined) return;
    revision.lastRequestAt = Date.now();
    const replica = revision.admit(this);
    if (replica === undefined) return this.waitForReplica(revision);
    this.replica = replica;
    this.send(replica);
  }

  private waitForResume(service: ServiceState, head: RequestHead): void {
    const { forMs = 0, probePath } = service.pause ?? {};
    // A health check that asks during a pause must not take the service for dead.
    if (probePath !== undefined && probePath === head.path) return this.answerProbe();
    this.park(service.lot, forMs, { status: 504, fault: "paused", reason: "the service is paused and was not resumed in time" });
  }

  private waitForReplica(revision: RevisionState): void {
    const now = performance.now();
    if (this.parkedUntil === 0) this.parkedUntil = now + this.core.parkMs;
    if (!revision.hasReplicas) this.coldSince = now;
    const first = revision.lot.size === 0;
    this.park(revision.lot, Math.max(0, this.parkedUntil - now), {
      status: 503,
      fault: "no-replica",
      reason: "no replica of the service became ready in time",
    });
    if (first && !this.done) this.core.onWanted(revision.key);
  }

  private park(lot: ParkingLot, forMs: number, expired: Unserved): void {
    if ((this.service?.parked ?? 0) >= this.core.limits.parked)
      return this.refuse(503, "too-many-waiting", "too many requests wait for this service");
    this.lot = lot;
    this.parkedAt ||= performance.now();
    lot.park(this, forMs, expired);
  }

  private answerProbe(): void {
    this.response.writeHead(200, ["content-type", "text/plain", "content-length", "7", "cache-control", "no-store"]);
    this.response.end("paused\n");
    this.finish(200, "probe");
  }

  protected refuse(status: number, fault: string, reason: string): void {
    if (this.done) return;
    if (this.response.headersSent || this.response.destroyed) this.response.destroy();
    else
      refuse(this.response, status, reason, {
        html: this.head?.wantsHtml ?? false,
        close: this.mustClose() || !this.canGoOn(status),
      });
    this.finish(status, fault);
  }

  /** After a body that is late or malformed nobody knows where the next request begins. */
  private canGoOn(status: number): boolean {
    return status !== 400 && status !== 408 && status !== 431;
  }

  /** Who was not told to continue may or may not send the body: nothing can follow it on this connection. */
  protected mustClose(): boolean {
    return this.core.closing || (this.head?.expectsContinue ?? false);
  }

  protected finish(status: number, fault?: string): void {
    if (this.done) return;
    this.done = true;
    this.lot?.leave(this);
    this.replica?.unregister(this);
    const durationMs = performance.now() - this.startedAt;
    const { revision, service, head, request, bytesIn } = this;
    revision?.counters.answered(status, durationMs, bytesIn, this.bytesOut);
    if (this.user !== undefined) revision?.users.answered(this.user, status < 100 || status >= 500);
    if (this.core.onAccess === undefined) return;
    // What fails is worth its line.
    if (service?.unlogged !== undefined && head !== undefined && status >= 100 && status < 400 && service.unlogged(head.path)) {
      service.leftOut += 1;
      return;
    }
    if (service !== undefined) service.written += 1;
    const line: AccessLine = {
      time: timeText(Date.now()),
      environment: service?.environment ?? "",
      service: service?.service ?? "",
      revision: revision?.key.revision ?? "",
      replica: this.replica?.id ?? "",
      method: request.method ?? "",
      host: head?.host ?? "",
      // Without the query, which is where secrets are.
      path: head?.path ?? "",
      status,
      durationMs: Math.round(durationMs * 1_000) / 1_000,
      bytesIn,
      bytesOut: this.bytesOut,
      trace_id: head?.traceId ?? "",
      span_id: head?.spanId ?? "",
    };
    this.core.onAccess(fault === undefined ? line : { ...line, fault });
  }

  /** The connection is gone before the answer was. */
  closed(): void {
    if (!this.done) this.clientGone();
  }
}

function onClose(this: ServerResponse): void {
  (this as Watched)[visitOf]?.closed();
}

let lastMs = Number.NaN;
let lastText = "";

/** Many requests end in the same millisecond: its text is made once. */
function timeText(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}
