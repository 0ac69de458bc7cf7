import { STATUS_CODES } from "node:http";
import type { Client, Dispatcher } from "undici";
import { answerHeaders } from "./answer-head.ts";
import { heldMs } from "./injected.ts";
import { setCurrent, type Current } from "./malformed.ts";
import type { Replica } from "./replica.ts";
import type { ServiceState } from "./service-state.ts";
import { Upload } from "./upload.ts";
import { Visit } from "./visit.ts";

/** Sent again they do no more than sent once. */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** The request is at fault, not the replica. */
const unsendable: ReadonlySet<string> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
]);

/** A request and its answer. It is its own handler for undici, so that nothing is made for a request but this. */
export class Exchange extends Visit implements Dispatcher.DispatchHandler, Current {
  private client: Client | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private upload: Upload<Exchange> | undefined;
  private deadline: NodeJS.Timeout | undefined;
  private continued = false;
  private status = 0;
  private length = -1;
  /** An answer that came whole with its first bytes is sent in one go. */
  private whole: Buffer | undefined;
  private flushed = false;
  /** The connection had carried another request before this one. */
  private reused = false;
  private retried = false;
  private sentAt = 0;
  private holding: NodeJS.Timeout | undefined;

  /** The bytes after its head are no body. False when they are not its own, or it can tell nobody any more. */
  malformed(status: number): boolean {
    const { request, response } = this;
    if (this.done || request.complete || response.headersSent || response.socket === null) return false;
    this.giveUpOnReplica(status, "malformed-body", "the body of the request is malformed");
    return true;
  }

  goingAway(): void {
    // Nothing to tell: it ends by itself, or it is cut.
  }

  cut(): boolean {
    if (this.done) return false;
    this.giveUpOnReplica(503, "drained", "the replica that worked on this was stopped");
    return true;
  }

  protected override get bytesIn(): number {
    return this.upload?.bytes ?? 0;
  }

  protected override mustClose(): boolean {
    return super.mustClose() && !(this.continued && !this.core.closing);
  }

  override begin(bound?: ServiceState): void {
    setCurrent(this.request.socket, this);
    super.begin(bound);
  }

  protected override send(replica: Replica): void {
    const { head, request } = this;
    if (head === undefined) return;
    if (head.hasBody)
      this.upload ??= new Upload<Exchange>(request, this.core.limits.bodyIdleMs, { idle: onSilence, whole: onUploaded }, this);
    else this.limitAnswer();
    const idle = this.retried ? undefined : replica.takeIdle();
    this.reused = idle !== undefined;
    this.client = idle ?? replica.connect();
    this.sentAt = performance.now();
    this.client.dispatch(
      {
        path: request.url ?? "/",
        method: request.method as Dispatcher.HttpMethod,
        headers: head.forwarded,
        body: this.upload ?? null,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.done) controller.abort(gone);
    else if (this.upload !== undefined && this.head?.expectsContinue && !this.continued) {
      this.continued = true;
      this.response.writeContinue();
    }
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, message = ""): void {
    if (status < 200 || this.done) return;
    const injected = this.service?.injected;
    if (injected !== undefined && this.revision !== undefined) {
      const ms = heldMs(injected, this.revision.key.revision, performance.now() - this.sentAt);
      if (ms > 0) return this.hold(controller, ms, () => this.startAnswer(controller, status, message));
    }
    this.startAnswer(controller, status, message);
  }

  /** A game day makes it slower than it is: nothing more is read of it until then. */
  private hold(controller: Dispatcher.DispatchController, ms: number, then: () => void): void {
    controller.pause();
    this.holding = setTimeout(() => {
      if (!this.done) then();
      controller.resume();
    }, ms);
  }

  private startAnswer(controller: Dispatcher.DispatchController, status: number, message: string): void {
    clearTimeout(this.deadline);
    const { headers, length } = answerHeaders((controller as { rawHeaders?: Buffer[] | null }).rawHeaders ?? []);
    if (this.setCookie !== undefined) headers.push("set-cookie", this.setCookie);
    if (this.core.closing) headers.push("connection", "close");
    this.length = length;
    // What it says of itself may be more than node would say; then the usual words do.
    if (message === "" || message === STATUS_CODES[status]) this.response.writeHead(status, headers);
    else this.response.writeHead(status, message, headers);
    // Node refuses a head with characters that no head has: then nothing was answered yet.
    this.status = status;
    process.nextTick(flush, this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.done) return;
    this.bytesOut += chunk.length;
    if (chunk.length === this.length && !this.flushed) {
      this.whole = chunk;
      return;
    }
    this.flushed = true;
    if (this.response.write(chunk) || this.response.writableLength < waitingBytes) return;
    controller.pause();
    this.response.once("drain", () => controller.resume());
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.giveClientBack();
    if (this.done) return;
    const trailers = (controller as { rawTrailers?: (Buffer | string)[] | null }).rawTrailers;
    if (trailers && trailers.length > 0) this.response.addTrailers(pairs(trailers));
    this.flushed = true;
    if (this.whole === undefined) this.response.end();
    else this.response.end(this.whole);
    this.finish(this.status);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const started = this.controller !== undefined;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    clearTimeout(this.holding);
    this.giveClientBack();
    if (this.done) return;
    if (unsendable.has(code)) return this.abandon(400, "unsendable", "the request cannot be passed on");
    if (this.status > 0) return this.abandon(502, "connection-lost", "the service broke off its answer");
    if (!started && !this.retried) {
      // Nothing went out: any request may go elsewhere.
      if (this.replica !== undefined) this.revision?.suspect(this.replica);
      this.tryAgain();
    } else if (this.reused && !this.retried && this.upload === undefined && idempotent.has(this.request.method ?? "")) {
      // A service may close an idle connection in the moment in which it is used. It has not seen the request then, and answers on
      // another connection. One that has died over the request takes no other, so that what killed it is not given to the next.
      this.retried = true;
      this.askSameAgain();
    } else this.abandon(502, "connection-lost", "the service closed the connection before it answered");
  }

  private askSameAgain(): void {
    if (this.revision) this.revision.counters.retries += 1;
    clearTimeout(this.deadline);
    setImmediate(() => {
      if (!this.done && this.replica !== undefined) this.send(this.replica);
    });
  }

  /** Not at once: undici is in the middle of telling us. */
  private tryAgain(): void {
    if (this.revision) this.revision.counters.retries += 1;
    clearTimeout(this.deadline);
    setImmediate(() => {
      this.replica?.unregister(this);
      this.replica = undefined;
      this.admit();
    });
  }

  protected override clientGone(): void {
    this.end(this.status, "client-gone");
  }

  protected override finish(status: number, fault?: string): void {
    clearTimeout(this.deadline);
    clearTimeout(this.holding);
    super.finish(status, fault);
    if (this.upload && !this.upload.destroyed) this.upload.destroy();
  }

  /** Also tells the replica, by closing the connection. */
  giveUpOnReplica(status: number, fault: string, reason: string): void {
    this.abandon(status, fault, reason);
    this.controller?.abort(gone);
  }

  private abandon(status: number, fault: string, reason: string): void {
    if (this.status > 0) {
      // The answer has begun: all that can be said is that it is not whole.
      this.response.destroy();
      this.finish(this.status, fault);
    } else this.refuse(status, fault, reason);
  }

  private end(status: number, fault: string): void {
    this.finish(status, fault);
    this.controller?.abort(gone);
  }

  private giveClientBack(): void {
    if (this.client !== undefined) this.replica?.giveBack(this.client);
    this.client = undefined;
    this.controller = undefined;
  }

  /** The service has it all, and from here on its time runs; unless it answers already. */
  uploaded(): void {
    if (this.status === 0 && !this.done) this.limitAnswer();
  }

  private limitAnswer(): void {
    this.deadline = setTimeout(onLate, this.service?.requestMs ?? this.core.limits.requestMs, this);
  }

  flushHead(): void {
    if (this.flushed || this.done) return;
    this.flushed = true;
    if (this.whole === undefined) this.response.flushHeaders();
    else this.response.write(this.whole);
    this.whole = undefined;
  }
}

/**
 * What may wait for a client before its service is held back. Node itself says stop at 16 KB, which nearly every piece of a large answer
 * is more than, and each stop and start costs more than the piece.
 */
const waitingBytes = 262_144;

const gone = new Error("the request is over");

function flush(exchange: Exchange): void {
  exchange.flushHead();
}

function onLate(exchange: Exchange): void {
  exchange.giveUpOnReplica(504, "timeout", "the service did not answer in time");
}

function onSilence(exchange: Exchange): void {
  exchange.giveUpOnReplica(408, "slow-body", "the rest of the request did not come in time");
}

function onUploaded(exchange: Exchange): void {
  exchange.uploaded();
}

function pairs(raw: readonly (Buffer | string)[]): [string, string][] {
  const all: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) all.push([text(raw[index]), text(raw[index + 1])]);
  return all;
}

function text(part: Buffer | string | undefined): string {
  return typeof part === "string" ? part : (part?.toString("latin1") ?? "");
}
