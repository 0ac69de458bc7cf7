import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, Pool } from "undici";
import type { Arrivals } from "./arrivals.ts";
import { type Histogram, createHistogram } from "./histogram.ts";

// Sends requests when they are due, whatever becomes of those before: an open model, as users are, who do not wait for each other.
//
// 1. How long one took is counted from the moment at which it was due. What waited for a connection, or for this process, waited.
// 2. It asks 127.0.0.1 and nobody else. Connections, what waits for one, and each request's time are bounded.
// 3. Where this process itself was late, that is counted, and told.

export type Target = {
  readonly port: number;
  readonly method: string;
  /** Each in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** More, of each in turn. */
  readonly headersOf?: (turn: number) => Readonly<Record<string, string>>;
  readonly body?: string;
};

export type GeneratorOptions = {
  readonly target: Target;
  readonly arrivals: Arrivals;
  readonly connections: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Once for each request that is over; `status` 0 where there was no answer. */
  readonly onOver?: (over: {
    readonly status: number;
    readonly tookMs: number;
    readonly text?: string;
    readonly error?: string;
  }) => void;
  /** Whether `onOver` is told what the answers say. */
  readonly keepsText?: boolean;
};

/** What was seen so far. */
export type Sent = {
  readonly due: number;
  readonly answered: number;
  /** By the class of the answer: "2xx". */
  readonly classes: Readonly<Record<string, number>>;
  /** "status 503", "refused", "reset", "timeout", "unsent". */
  readonly errors: Readonly<Record<string, number>>;
  readonly failed: number;
  /** Of all that were answered, and of those given up as late, which took at least that. */
  readonly latency: Histogram;
  /** By how much this process itself sent late what had a connection. */
  readonly lateness: Histogram;
  /** Sent more than ten milliseconds late for that. */
  readonly misses: number;
  /** Waited for a connection. */
  readonly queued: number;
  readonly inFlight: number;
};

export type Generator = { readonly seen: () => Sent; readonly done: Promise<void> };

const missMs = 10;
const mostWaiting = 100_000;
const late = { error: "timeout" } as const;
const mostTextBytes = 65_536;

export function startGenerator(options: GeneratorOptions): Generator {
  const { target, arrivals, connections, timeoutMs, signal, onOver, keepsText = false } = options;
  const pool = new Pool(`http://127.0.0.1:${target.port}`, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: timeoutMs },
  });
  const [latency, lateness] = [createHistogram(), createHistogram()];
  const classes: Record<string, number> = {};
  const errors: Record<string, number> = {};
  /** In the order in which they became due. */
  const open = new Set<Flight>();
  let waiting: number[] = [];
  let [taken, turn] = [0, 0];
  let [due, answered, failed, misses, queued] = [0, 0, 0, 0, 0];
  const began = performance.now();
  const now = (): number => performance.now() - began;

  const fail = (kind: string): void => {
    errors[kind] = (errors[kind] ?? 0) + 1;
    failed += 1;
  };
  const over = (status: number, tookMs: number, more: { readonly text?: string; readonly error?: string } = {}): void =>
    onOver?.({ status, tookMs, ...more });

  const send = (dueMs: number, waited: boolean): void => {
    const lateMs = now() - dueMs;
    if (!waited) {
      lateness.add(lateMs);
      if (lateMs > missMs) misses += 1;
    }
    const path = target.paths[turn % target.paths.length] ?? "/";
    const own = target.headersOf?.(turn);
    turn += 1;
    const flight = new Flight(dueMs, keepsText, (one, error) => {
      open.delete(one);
      const tookMs = now() - dueMs;
      if (error === undefined) {
        answered += 1;
        const key = `${Math.floor(one.status / 100)}xx`;
        classes[key] = (classes[key] ?? 0) + 1;
        latency.add(tookMs);
        if (one.status >= 500) fail(`status ${one.status}`);
      } else {
        fail(error);
        if (error === "timeout") latency.add(tookMs);
      }
      const text = one.text();
      if (error === undefined) over(one.status, tookMs, text === undefined ? {} : { text });
      else over(0, tookMs, { error });
      sendWaiting();
    });
    open.add(flight);
    const { method, headers, body } = target;
    pool.dispatch({ path, method, headers: { ...own, ...headers }, body: body ?? null }, flight);
  };

  const sendWaiting = (): void => {
    while (taken < waiting.length && open.size < connections) {
      const next = waiting[taken] ?? 0;
      taken += 1;
      if (now() - next > timeoutMs) {
        fail("timeout");
        latency.add(now() - next);
        over(0, now() - next, late);
      } else send(next, true);
    }
    if (taken > 1_000 && taken * 2 > waiting.length) [waiting, taken] = [waiting.slice(taken), 0];
  };

  const run = async (): Promise<void> => {
    try {
      for (;;) {
        const at = now();
        for (; arrivals.next() <= at && !signal.aborted; arrivals.take()) {
          due += 1;
          if (open.size < connections && taken === waiting.length) send(arrivals.next(), false);
          else if (waiting.length - taken < mostWaiting) {
            queued += 1;
            waiting.push(arrivals.next());
          } else {
            fail("unsent");
            over(0, 0, { error: "unsent" });
          }
        }
        for (const one of open) {
          if (at - one.dueMs <= timeoutMs) break;
          one.giveUp();
        }
        if (signal.aborted) break;
        if (arrivals.next() === Infinity && open.size === 0 && taken === waiting.length) break;
        // While many wait behind answers that do not come, those whose time is over are told so.
        if (open.size >= connections && now() - (waiting[taken] ?? Infinity) > timeoutMs) expire();
        await sleep(1);
      }
    } finally {
      const cut = new Set(open);
      for (const one of cut) one.forget();
      await pool.destroy();
    }
  };
  const expire = (): void => {
    while (taken < waiting.length && now() - (waiting[taken] ?? 0) > timeoutMs) {
      fail("timeout");
      latency.add(now() - (waiting[taken] ?? 0));
      over(0, now() - (waiting[taken] ?? 0), late);
      taken += 1;
    }
  };

  return {
    done: run(),
    seen: () => ({
      due,
      answered,
      classes: { ...classes },
      errors: { ...errors },
      failed,
      latency,
      lateness,
      misses,
      queued,
      inFlight: open.size,
    }),
  };
}

class Flight implements Dispatcher.DispatchHandler {
  status = 0;
  readonly dueMs: number;
  private controller: Dispatcher.DispatchController | undefined;
  private ended = false;
  private late = false;
  private parts: Buffer[] | undefined;
  private bytes = 0;
  private readonly tell: (flight: Flight, error: string | undefined) => void;

  constructor(dueMs: number, keepsText: boolean, tell: (flight: Flight, error: string | undefined) => void) {
    this.dueMs = dueMs;
    this.tell = tell;
    if (keepsText) this.parts = [];
  }

  text(): string | undefined {
    return this.parts === undefined ? undefined : Buffer.concat(this.parts).toString("utf8");
  }

  giveUp(): void {
    this.late = true;
    this.controller?.abort(tooLate);
    this.end("timeout");
  }

  /** Whoever stops does not count what was under way. */
  forget(): void {
    this.ended = true;
    this.controller?.abort(tooLate);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.ended) controller.abort(tooLate);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes <= mostTextBytes) this.parts?.push(chunk);
  }

  onResponseEnd(): void {
    this.end(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.end(this.late ? "timeout" : kindOf(error));
  }

  private end(error: string | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.tell(this, error);
  }
}

const tooLate = new Error("given up");

function kindOf(error: Error): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "refused";
  if (code === "UND_ERR_CONNECT_TIMEOUT") return "timeout";
  if (code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET") return "reset";
  return code.startsWith("HPE_") ? "malformed" : "other";
}
