import type { Query } from "./query.ts";

export type EventRow = {
  readonly id: string;
  readonly at: Date;
  readonly environment: string | null;
  readonly kind: string;
  readonly actor: string;
  readonly actorKind: "person" | "ci" | "automation";
  /** How it is known who it was: somebody said so, the pipeline did, the system's login, whoever had the link, a token, or an identity that was proved. */
  readonly actorKnown: "asserted" | "ci" | "login" | "link" | "token" | "oidc" | null;
  readonly subject: string;
  readonly because: string | null;
  /** The run that it was part of. */
  readonly run: string | null;
  /** On which evidence. */
  readonly data: unknown;
};

export type NewEvent = {
  readonly product: string;
  readonly environment?: string;
  readonly kind: string;
  readonly actor: string;
  readonly actorKind?: EventRow["actorKind"];
  readonly actorKnown?: NonNullable<EventRow["actorKnown"]> | undefined;
  readonly subject: string;
  readonly because?: string;
  readonly run?: string;
  readonly data?: unknown;
};

/** Who did something by itself, where nothing else is said of who it was. */
const automations = new Set(["gantry", "schedule"]);

/** The log: who did what, when, why, on which evidence. Nothing in it is ever changed. */
export function eventsIn(query: Query) {
  return {
    async addEvent(event: NewEvent): Promise<void> {
      await query(
        `insert into event (product, environment, kind, actor, actor_kind, subject, because, run, data, actor_known)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          event.product,
          event.environment ?? null,
          event.kind,
          event.actor,
          event.actorKind ?? (automations.has(event.actor) ? "automation" : "person"),
          event.subject,
          event.because ?? null,
          event.run ?? null,
          JSON.stringify(event.data ?? {}),
          event.actorKnown ?? null,
        ],
      );
    },

    /** The newest first. */
    async events(
      product: string,
      {
        environment,
        run,
        kinds,
        since,
        before,
        limit = 200,
      }: {
        readonly environment?: string;
        readonly run?: string;
        /** As `release` for all that begin with `release.`. */
        readonly kinds?: readonly string[];
        readonly since?: Date;
        /** The id of an event that was seen: those before it. */
        readonly before?: string;
        readonly limit?: number;
      } = {},
    ): Promise<EventRow[]> {
      const beginnings = new Set(kinds?.map((kind) => kind.split(".", 1)[0]));
      // All of one: found by an index, in their order. Said beside the rest, which says it of several, too.
      const [only = null] = beginnings.size === 1 ? beginnings : [];
      return query(
        `select id, at, environment, kind, actor, actor_kind as "actorKind", actor_known as "actorKnown", subject, because, run, data from event
         where product = $1 and ($2::text is null or environment = $2) and ($3::text is null or run = $3)
           and ($4::text[] is null or split_part(kind, '.', 1) = any ($4) or kind = any ($4))
           and ($5::timestamptz is null or at >= $5) and ($6::bigint is null or id < $6)
           and ($8::text is null or split_part(kind, '.', 1) = $8)
         order by id desc limit $7`,
        [product, environment ?? null, run ?? null, kinds ?? null, since ?? null, before ?? null, limit, only],
      );
    },
  };
}
