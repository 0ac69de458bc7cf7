import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/** The client fell silent; the body is all there. */
type Told<Owner> = { readonly idle: (owner: Owner) => void; readonly whole: (owner: Owner) => void };

/**
 * The body of a request on its way to a replica. It stands between the two since undici destroys a body whose upstream fails, and a
 * destroyed request takes the client's connection along, over which the client is still to be told.
 */
export class Upload<Owner = never> extends Readable {
  bytes = 0;
  private readonly request: IncomingMessage;
  private readonly idleMs: number;
  private readonly tell: Told<Owner>;
  private readonly owner: Owner;
  private begun = false;
  private idle: NodeJS.Timeout | undefined;

  constructor(request: IncomingMessage, idleMs: number, tell: Told<Owner>, owner: Owner) {
    super();
    this.request = request;
    this.idleMs = idleMs;
    this.tell = tell;
    this.owner = owner;
  }

  override _read(): void {
    if (!this.begun) {
      this.begun = true;
      this.request.on("data", this.onData).on("end", this.onEnd);
    }
    this.request.resume();
    // Only the client's silence counts; while the replica does not take more nobody is waited for.
    this.idle ??= setTimeout(this.tell.idle, this.idleMs, this.owner);
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.idle);
    this.request.off("data", this.onData).off("end", this.onEnd);
    // Who still sends is let finish, or it would never come to read the answer.
    this.request.resume();
    done();
  }

  private readonly onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.push(chunk)) this.idle?.refresh();
    else {
      this.request.pause();
      clearTimeout(this.idle);
      this.idle = undefined;
    }
  };

  private readonly onEnd = (): void => {
    clearTimeout(this.idle);
    this.push(null);
    this.tell.whole(this.owner);
  };
}
