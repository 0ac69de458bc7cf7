import type { Query } from "./query.ts";

/** What was asked of a run, as it lies there. */
export type CommandRow = { readonly id: string; readonly run: string; readonly body: unknown };

export type ReplyRow = { readonly answered: boolean; readonly ok: boolean; readonly because: string };

const ended = "it has ended, and nothing moves it any more";

/** What people and programs ask of runs. */
export function commandsIn(query: Query) {
  return {
    /**
     * Written down once, however often it is said. False when there is no such run. What is asked of a run that has ended is answered at
     * once: the row is held meanwhile, so that a run ends either before it, and it knows, or after it, and answers it.
     */
    async add(run: string, id: string, body: unknown): Promise<boolean> {
      const rows = await query(
        `with asked as (select id, ended_at is not null or last_effects is not null as over from run where id = $1 for share),
         added as (
           insert into run_command (id, run, body, ok, because, answered_at)
           select $2, asked.id, $3::json, case when over then false end, case when over then $4 end, case when over then now() end
           from asked on conflict (id) do nothing)
         select pg_notify('gantry_run', 'wanted' || chr(10) || id) from asked`,
        [run, id, JSON.stringify(body), ended],
      );
      return rows.length > 0;
    },

    /** What was asked under this name, and what came of it. */
    async get(id: string): Promise<(CommandRow & ReplyRow) | undefined> {
      const [row] = await query<CommandRow & ReplyRow>(
        `select id, run, body, answered_at is not null as answered, coalesce(ok, false) as ok, coalesce(because, '') as because
         from run_command where id = $1`,
        [id],
      );
      return row;
    },

    async reply(id: string): Promise<ReplyRow | undefined> {
      const [row] = await query<ReplyRow>(
        `select answered_at is not null as answered, coalesce(ok, false) as ok, coalesce(because, '') as because
         from run_command where id = $1`,
        [id],
      );
      return row;
    },

    /** What nobody has answered yet, in the order in which it was asked. */
    async open(runs: readonly string[]): Promise<CommandRow[]> {
      return query("select id, run, body from run_command where run = any ($1) and answered_at is null order by number", [runs]);
    },

    /** Of a run that has ended: what was asked of it and came too late. */
    async close(runs: readonly string[]): Promise<void> {
      await query(
        `with late as (
           update run_command set ok = false, because = $2, answered_at = now() where run = any ($1) and answered_at is null
           returning id)
         select pg_notify('gantry_run', 'answered' || chr(10) || id) from late`,
        [runs, ended],
      );
    },
  };
}
