import type { CommandRow } from "./commands.ts";
import type { Query } from "./query.ts";

export type RunRow = {
  readonly id: string;
  /** In the order in which they began. */
  readonly number: string;
  readonly product: string;
  readonly environment: string;
  readonly kind: string;
  readonly exclusive: boolean;
  readonly data: unknown;
  readonly schemaVersion: number;
  readonly version: string;
  readonly wakeAt: Date;
  readonly leasedBy: string | null;
  readonly epoch: string;
  readonly failures: number;
  readonly problem: string | null;
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly endedAt: Date | null;
};

/** What tells one from another, and from what it was. */
export type RunHead = Pick<RunRow, "id" | "number" | "environment" | "version">;

export type NewRun = {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly kind: string;
  readonly exclusive: boolean;
  readonly data: unknown;
  readonly schemaVersion: number;
  readonly startedAtMs: number;
};

/** A run in somebody's hands, with what was asked of it. */
export type LeasedRun = {
  readonly id: string;
  readonly kind: string;
  readonly exclusive: boolean;
  readonly data: unknown;
  readonly epoch: string;
  readonly failures: number;
  /** When somebody should have looked at it. */
  readonly dueAtMs: number;
  readonly lastEffects: unknown;
  readonly commands: readonly CommandRow[];
};

export type RunEvent = {
  readonly kind: string;
  readonly actor: string;
  readonly actorKind: "person" | "ci" | "automation";
  readonly actorKnown?: "asserted" | "ci" | "login" | "link" | "token" | "oidc";
  readonly subject: string;
  readonly because?: string;
  readonly data?: unknown;
};

export type RunNotice = {
  readonly channel: string;
  readonly dedupKey: string;
  readonly once: string;
  readonly body: unknown;
  readonly kept: boolean;
};

/** What a look has come to: written whole, or not at all where the lease is somebody else's. */
export type RunWrite = {
  readonly id: string;
  readonly epoch: number;
  /** As text, and only where it has changed. */
  readonly data?: string;
  readonly schemaVersion: number;
  readonly exclusive: boolean;
  readonly ended: boolean;
  readonly lastEffects?: unknown;
  readonly wakeAtMs: number;
  readonly lookedAtMs: number;
  /** Goes on being held. */
  readonly hold: boolean;
  readonly problem?: string;
  readonly events: readonly RunEvent[];
  readonly notices: readonly RunNotice[];
  readonly replies: readonly { readonly command: string; readonly ok: boolean; readonly because: string }[];
};

export type PruneOptions = {
  /** So many of each environment and kind stay in any case. */
  readonly newest: number;
  readonly keptMs: number;
  /** And no more than so many, however new. */
  readonly most: number;
  /** Nothing stays longer: also of environments that nobody releases to any more. */
  readonly longestMs: number;
};

const columns = `id, number, product, environment, kind, exclusive, data, schema_version as "schemaVersion", version, wake_at as "wakeAt",
  leased_by as "leasedBy", epoch, failures, problem, started_at as "startedAt", changed_at as "changedAt", ended_at as "endedAt"`;

type Which = {
  readonly environment?: string;
  readonly kind?: string;
  readonly unfinished?: boolean;
  readonly limit?: number;
  /** The number of one that was seen: those before it. */
  readonly before?: string;
};

const listed = (what: string): string =>
  `select ${what} from run where product = $1 and ($2::text is null or environment = $2) and ($3::text is null or kind = $3)
    and (not $4 or ended_at is null) and ($6::bigint is null or number < $6) order by number desc limit $5`;

function listedWith(product: string, { environment, kind, unfinished = false, limit = 100, before }: Which): readonly unknown[] {
  return [product, environment ?? null, kind ?? null, unfinished, limit, before ?? null];
}

const lease = "now() + make_interval(secs => $1 / 1000.0)";

/** A clock that went back by more than this is not just another machine's. */
const skewMs = 10_000;

/** Runs, and who holds them. */
export function runsIn(query: Query) {
  return {
    /**
     * False when it is there already. The index refuses a second exclusive one. Those of its kind that stay only to watch are told that
     * they are over.
     */
    async begin(run: NewRun, supersede: unknown, events: readonly RunEvent[]): Promise<boolean> {
      const rows = await query(
        `with begun as (
           insert into run (id, product, environment, kind, exclusive, data, schema_version, wake_at, started_at)
           values ($1, $2, $3, $4, $5, $6::json, $7, to_timestamp($8::float8 / 1000), to_timestamp($8::float8 / 1000))
           on conflict (id) do nothing returning id),
         told as (
           insert into event (product, environment, run, kind, actor, actor_kind, actor_known, subject, because, data)
           select $2, $3, $1, one.kind, one.actor, one."actorKind", one."actorKnown", one.subject, one.because, coalesce(one.data, '{}')
           from begun, json_to_recordset($9::json)
             as one (kind text, actor text, "actorKind" text, "actorKnown" text, subject text, because text, data json)),
         others as (
           select run.id from begun, run where run.product = $2 and run.environment = $3 and run.kind = $4 and run.ended_at is null
             and not run.exclusive and run.id <> $1 and $5),
         superseded as (
           insert into run_command (id, run, body) select left($1 || ' supersedes ' || id, 200), id, $10::json from others
           on conflict (id) do nothing returning run)
         select pg_notify('gantry_run', 'wanted' || chr(10) || id) from (select id from begun union all select run from superseded) as all_of_them`,
        [
          run.id,
          run.product,
          run.environment,
          run.kind,
          run.exclusive,
          JSON.stringify(run.data),
          run.schemaVersion,
          run.startedAtMs,
          JSON.stringify(events),
          JSON.stringify(supersede),
        ],
      );
      return rows.length > 0;
    },

    async get(id: string): Promise<RunRow | undefined> {
      const [row] = await query<RunRow>(`select ${columns} from run where id = $1`, [id]);
      return row;
    },

    /** Who has the environment, so that no other exclusive run begins in it. */
    async alone(product: string, environment: string): Promise<RunRow | undefined> {
      const [row] = await query<RunRow>(
        `select ${columns} from run where product = $1 and environment = $2 and exclusive and ended_at is null`,
        [product, environment],
      );
      return row;
    },

    /** The newest first. */
    list: (product: string, which: Which = {}): Promise<RunRow[]> => query(listed(columns), listedWith(product, which)),

    /** The same, without what they hold. */
    heads: (product: string, which: Which = {}): Promise<RunHead[]> =>
      query(listed("id, number, environment, version"), listedWith(product, which)),

    /** Those of these that there are, in no order. */
    some: (ids: readonly string[]): Promise<RunRow[]> => query(`select ${columns} from run where id = any ($1)`, [ids]),

    /**
     * Takes what has to be looked at and nobody holds: what is due, what was asked something, what its holder has left behind, what was
     * last looked at by a clock that has gone back since. And when the next of the others is due.
     */
    async claim(
      owner: string,
      {
        busy,
        kinds,
        nowMs,
        leaseMs,
        epoch,
        limit,
      }: {
        readonly busy: readonly string[];
        /** The newest schema that is known of each. */
        readonly kinds: Readonly<Record<string, number>>;
        readonly nowMs: number;
        readonly leaseMs: number;
        readonly epoch: number;
        readonly limit: number;
      },
    ): Promise<{ readonly runs: readonly LeasedRun[]; readonly nextAtMs: number | undefined }> {
      type Row = Omit<LeasedRun, "id" | "commands"> & { id: string; commands: CommandRow[] | null; nextAtMs: number | null };
      const rows = await query<Row>(
        `with known as (select key as kind, value::int as newest from json_each_text($5::json)),
         free as (
           select run.id, run.wake_at, run.leased_by is not null as left_behind, run.looked_at > to_timestamp(($4::float8 + ${skewMs}) / 1000) as back
           from run join known on known.kind = run.kind and run.schema_version <= known.newest
           where run.ended_at is null and not (run.id = any ($3))
             and (run.leased_by is null or run.leased_by = $2 or run.leased_until < now())),
         due as (
           select run.id from run where run.ended_at is null and (run.leased_by is null or run.leased_by = $2 or run.leased_until < now())
             and run.id in (
               select id from free where wake_at <= to_timestamp($4::float8 / 1000) or left_behind or back
                 or exists (select from run_command where run_command.run = free.id and answered_at is null)
               order by wake_at limit $6)
           for update skip locked),
         taken as (
           update run set leased_by = $2, leased_until = ${lease}, epoch = greatest(run.epoch, $7::bigint)
           from due where run.id = due.id
           returning run.id, run.kind, run.exclusive, run.data, run.epoch, run.failures,
             (extract(epoch from run.wake_at) * 1000)::float8 as "dueAtMs", run.last_effects as "lastEffects"),
         next as (select extract(epoch from min(wake_at)) * 1000 as at from free where wake_at > to_timestamp($4::float8 / 1000))
         select taken.*, next.at::float8 as "nextAtMs",
           (select json_agg(json_build_object('id', id, 'run', run, 'body', body) order by number) from run_command
            where run_command.run = taken.id and answered_at is null) as commands
         from next left join taken on true`,
        [leaseMs, owner, busy, nowMs, JSON.stringify(kinds), limit, epoch],
      );
      const [first] = rows;
      const runs = rows.flatMap(({ commands, ...row }) => (row.id === null ? [] : [{ ...row, commands: commands ?? [] }]));
      return { runs, nextAtMs: first?.nextAtMs ?? undefined };
    },

    /** Ids of those that were still the owner's; of the others nothing is written. */
    async write(owner: string, leaseMs: number, writes: readonly RunWrite[]): Promise<ReadonlySet<string>> {
      const sorted = writes.toSorted(byId);
      const each = <T extends object>(of: (write: RunWrite) => readonly T[]): string =>
        JSON.stringify(sorted.flatMap((write) => of(write).map((one) => ({ run: write.id, ...one }))));
      const rows = await query<{ id: string }>(
        `with given as (
           select * from rows from (
             json_to_recordset($3::json) as (
               id text, epoch bigint, "schemaVersion" int, exclusive boolean, ended boolean, "lastEffects" json,
               "wakeAtMs" float8, "lookedAtMs" float8, hold boolean, problem text),
             unnest(string_to_array($4, chr(30), ''))) as one (
               id, epoch, schema_version, exclusive, ended, last_effects, wake_at_ms, looked_at_ms, hold, problem, data)),
         written as (
           update run set
             data = coalesce(given.data::json, run.data),
             schema_version = case when given.data is null then run.schema_version else given.schema_version end,
             version = run.version + case when given.data is null and not given.ended then 0 else 1 end,
             changed_at = case when given.data is null and not given.ended then run.changed_at else now() end,
             exclusive = given.exclusive, ended_at = case when given.ended then now() end, last_effects = given.last_effects,
             wake_at = to_timestamp(given.wake_at_ms / 1000), looked_at = to_timestamp(given.looked_at_ms / 1000),
             epoch = greatest(run.epoch, given.epoch),
             leased_by = case when given.hold then run.leased_by end, leased_until = case when given.hold then ${lease} end,
             problem = given.problem, failures = case when given.problem is null then 0 else run.failures + 1 end
           from given
           -- A planner that knew nothing of the table yet would take the second for rare, and compare all with all.
           where run.id = given.id and case when run.leased_by = $2 and run.ended_at is null then true else false end
           returning run.id, run.product, run.environment, given.data is not null or given.ended as changed),
         told as (
           insert into event (product, environment, run, kind, actor, actor_kind, actor_known, subject, because, data)
           select product, environment, run, one.kind, one.actor, one.actor_kind, one.actor_known, one.subject, one.because, coalesce(one.data, '{}')
           from rows from (
             json_to_recordset($5::json) as (
               run text, kind text, actor text, "actorKind" text, "actorKnown" text, subject text, because text, data json))
             with ordinality as one (run, kind, actor, actor_kind, actor_known, subject, because, data, nth)
           join written on written.id = one.run
           -- A join keeps no order, and a log has one.
           order by nth),
         noticed as (
           insert into notice (product, environment, channel, dedup_key, once, body, schema_version, state, ended_at)
           select product, environment, one.channel, one."dedupKey", one.once, one.body, 1,
             case when one.kept then 'kept' else 'waiting' end, case when one.kept then now() end
           from json_to_recordset($6::json) as one (run text, channel text, "dedupKey" text, once text, body json, kept boolean)
           join written on written.id = one.run
           on conflict (product, channel, once) do nothing),
         answered as (
           update run_command set ok = one.ok, because = one.because, answered_at = now()
           from json_to_recordset($7::json) as one (run text, command text, ok boolean, because text) join written on written.id = one.run
           where run_command.id = one.command and run_command.run = one.run and run_command.answered_at is null
           returning run_command.id),
         rung as (
           select pg_notify('gantry_run', 'changed' || chr(10) || string_agg(id, chr(10)))
           from (select id, row_number() over () / 30 as part from written where changed) as parts group by part),
         rung_too as (select pg_notify('gantry_run', 'answered' || chr(10) || id) from answered)
         select id from written union all select null from rung union all select null from rung_too`,
        [
          leaseMs,
          owner,
          JSON.stringify(
            sorted.map((write) => ({ ...write, data: undefined, events: undefined, notices: undefined, replies: undefined })),
          ),
          // No JSON has a control character in it.
          sorted.map(({ data }) => data ?? "").join("\u001e"),
          each(({ events }) => events),
          each(({ notices }) => notices),
          each(({ replies }) => replies),
        ],
      );
      return new Set(rows.map(({ id }) => id));
    },

    /**
     * Keeps what is held, and says of which something was asked. What is not among the answers is somebody else's. One that is just being
     * written is renewed by that.
     */
    async renew(owner: string, leaseMs: number, ids: readonly string[]): Promise<readonly { id: string; asked: boolean }[]> {
      return query(
        `with still as materialized (
           select id from run where id = any ($3) and leased_by = $2 and ended_at is null for update skip locked),
         renewed as (update run set leased_until = ${lease} from still where run.id = still.id)
         select id, exists (select from run_command where run_command.run = run.id and answered_at is null) as asked
         from run where id = any ($3) and leased_by = $2 and ended_at is null`,
        [leaseMs, owner, ids],
      );
    },

    /** For whoever knows that nobody else lives who could hold something: what the dead held is free at once. */
    async letGoOfAll(): Promise<void> {
      await query("update run set leased_by = null, leased_until = null where leased_by is not null and ended_at is null");
    },

    /**
     * What ended long ago goes, with what was asked of it and what it was made of: of each environment and kind the newest stay, whatever
     * their age, and all stay for a while, as long as they are not too many. The log of events stays.
     */
    async prune({ newest, keptMs, most, longestMs }: PruneOptions): Promise<number> {
      const rows = await query(
        `with ranked as (
           select id, ended_at, row_number() over (partition by product, environment, kind order by number desc) as place from run),
         gone as (
           delete from run using ranked where ranked.id = run.id and run.ended_at is not null and (
             (place > $1 and run.ended_at < now() - make_interval(secs => $2 / 1000.0)) or place > $3
             or run.ended_at < now() - make_interval(secs => $4 / 1000.0))
           returning run.id)
         select id from gone`,
        [newest, keptMs, most, longestMs],
      );
      // Written down before its run begins: what never began has none.
      await query(
        "delete from material where created_at < now() - interval '1 day' and not exists (select from run where run.id = material.run)",
      );
      return rows.length;
    },

    /** A holder that goes leaves nothing that others would wait for. */
    async letGo(owner: string): Promise<void> {
      await query(
        `with left_alone as (
           update run set leased_by = null, leased_until = null where leased_by = $1 and ended_at is null returning id)
         select pg_notify('gantry_run', 'wanted' || chr(10) || id) from left_alone limit 1`,
        [owner],
      );
    },
  };
}

/** Whoever locks several rows does so in one order. */
function byId(one: RunWrite, other: RunWrite): number {
  return one.id < other.id ? -1 : 1;
}
