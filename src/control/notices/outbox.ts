import { setTimeout as sleep } from "node:timers/promises";
import type { NoticeRow, noticesIn } from "../../store/notices.ts";
import type { Address, Notice, Outcome } from "./notice.ts";
import type { Sender } from "./send.ts";

export type Outbox = {
  /** Looks at once, for something was added. */
  wake(): void;
  stop(): Promise<void>;
};

type Notices = Pick<ReturnType<typeof noticesIn>, "claim" | "ended" | "again" | "giveUpChannel">;

export type OutboxParts = {
  readonly notices: Notices;
  readonly sender: Sender;
  /** A channel with what opens it; nothing when its secret is gone. */
  readonly addressOf: (row: NoticeRow) => Promise<Address | undefined>;
  /** What is only to be known when it is sent. */
  readonly complete: (notice: Notice) => Promise<Notice>;
  readonly tell: (row: NoticeRow, outcome: Outcome) => Promise<void>;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
};

const leaseMs = 60_000;
const pollMs = 1_000;

/** What Standard Webhooks recommends: ten attempts over three days. */
const minute = 60_000;
const hour = 60 * minute;
const patience = {
  webhook: [5_000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
  others: [1_000, 5_000, 15_000, minute, 2 * minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour, 12 * hour],
};

/** Slack takes about one message a second of a webhook; nobody reads faster than that. */
const spacingMs = { slack: 1_000, pagerduty: 100, email: 200, webhook: 0 } as const;

/** How long before the next attempt; nothing when there is none. Spread, so that what failed together does not come back together. */
export function waitAfter(
  kind: Address["kind"],
  attempts: number,
  asked: number | undefined,
  random: number,
): number | undefined {
  const waits = kind === "webhook" ? patience.webhook : patience.others;
  const next = waits[attempts - 1];
  return next === undefined ? undefined : Math.max(asked ?? 0, Math.round(next * (0.8 + 0.4 * random)));
}

export function createOutbox(parts: OutboxParts): Outbox {
  const { notices, sender } = parts;
  const stopping = new AbortController();
  let woken = new AbortController();
  const lastSent = new Map<string, number>();
  const busy = new Map<string, Promise<void>>();

  const deliver = async (row: NoticeRow): Promise<void> => {
    const address = await parts.addressOf(row);
    if (address === undefined) return giveUp(row, { is: "never", why: "its secret is not set any more" });
    const channel = channelOf(row);
    const wait = (lastSent.get(channel) ?? -Infinity) + spacingMs[address.kind] - parts.nowMs();
    if (wait > 0) await sleep(wait, undefined, { signal: stopping.signal });
    lastSent.set(channel, parts.nowMs());
    const notice = await parts.complete(row.body as Notice);
    const outcome = await sender.send(address, { id: row.id, createdAt: row.createdAt, notice });
    switch (outcome.is) {
      case "sent":
        await notices.ended(row.id, "sent");
        return parts.tell(row, outcome);
      case "gone":
        await notices.giveUpChannel(row.product, row.channel, outcome.why);
        return parts.tell(row, outcome);
      case "never":
        return giveUp(row, outcome);
      case "again": {
        const afterMs = waitAfter(address.kind, row.attempts, outcome.afterMs, parts.random());
        if (afterMs === undefined) return giveUp(row, { is: "never", why: outcome.why });
        return notices.again(row.id, afterMs, outcome.why);
      }
    }
  };

  const giveUp = async (row: NoticeRow, outcome: Outcome & { readonly why: string }): Promise<void> => {
    await notices.ended(row.id, "failed", outcome.why);
    await parts.tell(row, outcome);
  };

  const start = (row: NoticeRow): void => {
    const channel = channelOf(row);
    const work = deliver(row)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) parts.onError(error);
      })
      .then(() => {
        busy.delete(channel);
        woken.abort();
      });
    busy.set(channel, work);
  };

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      try {
        for (const row of await notices.claim([...busy.keys()], leaseMs)) start(row);
      } catch (error) {
        if (!stopping.signal.aborted) parts.onError(error);
      }
      await sleep(pollMs, undefined, { signal: AbortSignal.any([stopping.signal, woken.signal]) }).catch(() => {});
    }
  })();

  return {
    wake: () => woken.abort(),
    async stop() {
      stopping.abort();
      await loop;
      await Promise.all(busy.values());
      await sender.close();
    },
  };
}

function channelOf({ product, channel }: NoticeRow): string {
  return `${product} ${channel}`;
}
