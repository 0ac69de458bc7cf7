import { UserError } from "../../../../lib/errors.ts";
import { may } from "../asker.ts";
import { onceFor } from "../../../../lib/once-for.ts";
import type { FedEvent } from "../../../../store/feed.ts";
import type { Feed } from "../feed.ts";
import type { Streamed, Streams } from "../handler.ts";
import { eventView } from "./reads.ts";

/** So many pages may be open at once. */
const mostFollowers = 1_000;
/** Where there is something to say, whoever follows is asked for again, unless that was just now. */
const againMs = 2_000;

export function streamAnswers(feed: Feed): Streams {
  return {
    "GET /v1/events/stream": ({ asker: first, query, lastEventId, signal, again }) => {
      if (feed.followers() >= mostFollowers)
        throw new UserError("too-many", "as many follow already as there is room for", { hint: "come back in a moment" });
      const given = lastEventId ?? query.after;
      const after = given !== undefined && /^\d{1,18}$/.test(given) ? given : undefined;
      let asker = first;
      let askedAtMs = performance.now();
      const isStillKnown = async (): Promise<boolean> => {
        if (performance.now() - askedAtMs < againMs) return true;
        askedAtMs = performance.now();
        const now = await again();
        asker = now ?? asker;
        return now !== undefined;
      };
      const shown = (product: string, environment: string | undefined): boolean =>
        (query.product === undefined || query.product === product) &&
        (query.environment === undefined || query.environment === environment) &&
        may(asker, "read", { product, environment });
      return (async function* (): AsyncGenerator<Streamed> {
        for await (const fed of feed.follow(after, signal)) {
          if (!(await isStillKnown())) return;
          if (fed.is === "moved") {
            const { moved } = fed;
            if (shown(moved.product, moved.environment))
              yield {
                event: "moved",
                data: { kind: "release", id: moved.run, product: moved.product, environment: moved.environment },
              };
          } else if (shown(fed.event.product, fed.event.environment ?? undefined)) yield streamedOf(fed.event);
        }
      })();
    },
  };
}

/** The same for all who follow. */
const streamedOf = onceFor((event: FedEvent): Streamed => ({
  event: "event",
  id: event.position,
  data: eventView(event.product, event),
}));
