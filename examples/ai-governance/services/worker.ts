import { connectDatabase } from "../../shared/database.ts";
import { runJob } from "../../shared/job.ts";
import { log } from "../../shared/log.ts";
import { kept } from "../../shared/metrics.ts";
import { stopping } from "../../shared/stopping.ts";
import { totals } from "./parts.ts";

// The cron job: holds every framework against every system, once, and ends.
const db = connectDatabase({ max: 5 });
kept("framework_executions_total", "Frameworks that were held against a system.", async () =>
  (await totals(db)).map(({ framework, executions }) => ({ labels: { framework }, value: executions })),
);
kept("compliance_checks_total", "Checks that were made.", async () =>
  (await totals(db)).map(({ framework, checks }) => ({ labels: { framework }, value: checks })),
);

type Pair = { readonly framework: string; readonly system: string; readonly name: string };
type Check = { readonly id: number; readonly passed: boolean };

async function execute({ framework, system, name }: Pair): Promise<void> {
  await db.transaction(async (queries) => {
    const checks = await queries.rows<Check>(
      `select c.id, coalesce(case when c.wanted is null then s.facts ->> c.field <> '' else s.facts ->> c.field = c.wanted end, false) as passed
       from checks c, systems s where c.framework_id = $1 and s.id = $2 order by c.id`,
      [framework, system],
    );
    const passed = checks.filter((check) => check.passed).length;
    await queries.rows(
      `with execution as (
         insert into executions (framework_id, system_id, passed, failed) values ($1, $2, $3, $4) returning id
       )
       insert into findings (execution_id, check_id, passed)
       select execution.id, c.id, c.passed from execution, jsonb_to_recordset($5) as c(id int, passed boolean)`,
      [framework, system, passed, checks.length - passed, JSON.stringify(checks)],
    );
    log("info", "checked", { framework, system: name, passed, failed: checks.length - passed });
  });
}

await runJob(async () => {
  const pairs = await db.rows<Pair>(
    "select f.id as framework, s.id as system, s.name from frameworks f cross join systems s order by s.created_at, f.id",
  );
  let done = 0;
  for (const pair of pairs) {
    if (stopping.aborted) break;
    await execute(pair);
    done += 1;
  }
  log("info", done < pairs.length ? "stopped before the end" : "done", { executions: done, totals: await totals(db) });
}, [db.close]);
