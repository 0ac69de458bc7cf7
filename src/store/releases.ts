import type { Query } from "./query.ts";

export type ReportRow = {
  readonly id: string;
  readonly check: string;
  readonly version: string;
  readonly data: unknown;
  readonly actor: string;
  readonly at: Date;
};

export type FreezeRow = {
  readonly id: string;
  readonly environment: string;
  readonly lifts: string | null;
  readonly stops: readonly string[];
  readonly from: Date;
  readonly until: Date;
  readonly because: string;
  readonly actor: string;
};

/** A revision that has served or could, with all that it takes to start it. */
export type KeptRevision = {
  readonly revision: string;
  readonly artifact: string;
  readonly spec: unknown;
  /** Those that it came with; nothing where nobody wrote it down. */
  readonly migrations: unknown;
};

const schemaVersion = 1;

/** What releases need beside their runs. */
export function releasesIn(query: Query) {
  return {
    async putMaterial(run: string, product: string, environment: string, data: unknown): Promise<void> {
      await query(
        `insert into material (run, product, environment, data, schema_version) values ($1, $2, $3, $4, ${schemaVersion})
         on conflict (run) do nothing`,
        [run, product, environment, JSON.stringify(data)],
      );
    },

    async material(run: string): Promise<unknown> {
      const [row] = await query<{ data: unknown }>("select data from material where run = $1", [run]);
      return row?.data;
    },

    async removeMaterial(run: string): Promise<void> {
      await query("delete from material where run = $1", [run]);
    },

    async addReport(report: {
      readonly product: string;
      readonly check: string;
      readonly version: string;
      readonly data: unknown;
      readonly actor: string;
    }): Promise<void> {
      await query(
        `insert into report (product, check_name, version, data, schema_version, actor) values ($1, $2, $3, $4, ${schemaVersion}, $5)`,
        [report.product, report.check, report.version, JSON.stringify(report.data), report.actor],
      );
    },

    /** Of each of these versions the newest report of a check. */
    async reports(product: string, check: string, versions: readonly string[]): Promise<ReportRow[]> {
      return query(
        `select distinct on (version) id, check_name as "check", version, data, actor, at from report
         where product = $1 and check_name = $2 and version = any ($3) order by version, id desc`,
        [product, check, versions],
      );
    },

    /** The newest reports of a check, whatever they are about. */
    async newestReports(product: string, check: string, limit = 3): Promise<ReportRow[]> {
      return query(
        `select id, check_name as "check", version, data, actor, at from report
         where product = $1 and check_name = $2 order by id desc limit $3`,
        [product, check, limit],
      );
    },

    async addFreeze(product: string, freeze: FreezeRow): Promise<void> {
      await query(
        `insert into freeze_window (id, product, environment, lifts, stops, from_at, until_at, because, actor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing`,
        [
          freeze.id,
          product,
          freeze.environment,
          freeze.lifts,
          freeze.stops,
          freeze.from,
          freeze.until,
          freeze.because,
          freeze.actor,
        ],
      );
    },

    /** Those that are not over. */
    async freezes(product: string, environment: string, now: Date): Promise<FreezeRow[]> {
      return query(
        `select id, environment, lifts, stops, from_at as "from", until_at as "until", because, actor from freeze_window
         where product = $1 and environment = $2 and until_at > $3 and ended_at is null order by from_at`,
        [product, environment, now],
      );
    },

    async endFreeze(product: string, environment: string, id: string): Promise<boolean> {
      const rows = await query(
        `update freeze_window set ended_at = now() where product = $1 and environment = $2 and id = $3 and ended_at is null returning id`,
        [product, environment, id],
      );
      return rows.length > 0;
    },

    async revisionKept(
      product: string,
      environment: string,
      service: string,
      revision: string,
    ): Promise<KeptRevision | undefined> {
      const [row] = await query<KeptRevision>(
        "select revision, artifact, spec, migrations from revision where product = $1 and environment = $2 and service = $3 and revision = $4",
        [product, environment, service, revision],
      );
      return row;
    },

    /** What a service could go back to, what served last first. */
    async served(
      product: string,
      environment: string,
      service: string,
    ): Promise<(KeptRevision & { readonly serving: boolean; readonly retiredAt: Date | null })[]> {
      return query(
        `select revision, artifact, spec, migrations, retired_at is null as serving, retired_at as "retiredAt" from revision
         where product = $1 and environment = $2 and service = $3 and serving_since is not null and taken_back_at is null
         order by retired_at desc nulls first, serving_since desc`,
        [product, environment, service],
      );
    },

    /** Ends a run as it is given, whoever holds it: nothing that its holder decides is written any more. */
    async giveUp(run: string, data: unknown, because: string): Promise<void> {
      await query(
        `with ended as (
           update run set ended_at = now(), exclusive = false, last_effects = null, leased_by = null, leased_until = null,
             version = version + 1, changed_at = now(), data = $2::json
           where id = $1 and ended_at is null returning id, product, environment),
         told as (
           insert into event (product, environment, run, kind, actor, actor_kind, subject, because)
           select product, environment, id, 'run.given-up', 'gantry', 'automation', id, $3 from ended)
         select pg_notify('gantry_run', 'changed ' || id) from ended`,
        [run, JSON.stringify(data), because],
      );
    },

    async takenBack(product: string, environment: string, service: string, revision: string): Promise<void> {
      await query(
        `update revision set taken_back_at = now() where product = $1 and environment = $2 and service = $3 and revision = $4
           and taken_back_at is null`,
        [product, environment, service, revision],
      );
    },
  };
}
