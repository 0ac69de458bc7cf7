import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { limits } from "../limits.ts";
import type { MessageQueue } from "../queue/message-queue.ts";
import type { Taken } from "../queue/message.ts";
import { loopbackUrl, type Subscription } from "./subscription.ts";
import { pubsubMessage } from "./pubsub-message.ts";

export type Pusher = { readonly stop: () => Promise<void> };

const firstDelayMs = 100;
const longestDelayMs = 60_000;

/** Sends the messages of a subscription to its URL; one that is refused comes again, later each time. */
export function startPusher(subscription: Subscription, queue: MessageQueue): Pusher {
  const stopped = new AbortController();
  const inFlight = new Set<Promise<void>>();

  async function push(taken: Taken): Promise<void> {
    if (await isAccepted(subscription, taken, stopped.signal)) await queue.finish([taken.handle]);
    else await queue.hold(taken.handle, Math.min(firstDelayMs * 2 ** (taken.tries - 1), longestDelayMs));
  }

  async function round(): Promise<void> {
    const taken = await queue.take({ most: limits.pushesAtOnce - inFlight.size, waitMs: 60_000, signal: stopped.signal });
    for (const one of taken) {
      const pushed = push(one)
        // Not written down: the message comes back by itself when its deadline is over.
        .catch(() => undefined)
        .finally(() => inFlight.delete(pushed));
      inFlight.add(pushed);
    }
    if (inFlight.size >= limits.pushesAtOnce) await Promise.race(inFlight);
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      // A disk that is full, or dead letters without a topic: later it may be another.
      await round().catch(() => setTimeout(1_000, undefined, { signal: stopped.signal }));
    }
  }

  const running = run().catch(() => undefined);
  return {
    stop: async () => {
      stopped.abort();
      await running;
      await Promise.all(inFlight);
    },
  };
}

function isAccepted(subscription: Subscription, taken: Taken, signal: AbortSignal): Promise<boolean> {
  const url = loopbackUrl(subscription.pushEndpoint ?? "");
  if (!url) return Promise.resolve(false);
  const body = JSON.stringify({
    message: pubsubMessage(taken.message),
    subscription: `projects/local/subscriptions/${subscription.name}`,
    deliveryAttempt: taken.tries,
  });
  return new Promise((resolve) => {
    const sent = request(
      {
        // By number: what a name resolves to is not ours to trust.
        host: url.hostname === "[::1]" ? "::1" : url.hostname.startsWith("127.") ? url.hostname : "127.0.0.1",
        port: url.port === "" ? 80 : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: "POST",
        headers: { host: url.host, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        timeout: subscription.ackDeadlineMs,
        signal,
      },
      (response) => {
        response.resume();
        response.once("error", () => resolve(false));
        response.once("end", () => resolve([102, 200, 201, 202, 204].includes(response.statusCode ?? 0)));
      },
    );
    sent.once("timeout", () => sent.destroy());
    sent.once("error", () => resolve(false));
    sent.once("close", () => resolve(false));
    sent.end(body);
  });
}
