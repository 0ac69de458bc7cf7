// Workflows in a table, as Temporal keeps them for itself: a workflow is a list of steps, each of which may be done twice.
import type { Database, Queries } from "../../shared/database.ts";
import { errorFields, log } from "../../shared/log.ts";
import { counter, gauge, histogram } from "../../shared/metrics.ts";
import { type TraceHeaders, inSpan, setBaggage, traceHeaders } from "../../shared/trace.ts";
import { asTenant } from "./tenancy.ts";

export type Kind = "send invoice" | "scan document";
/** "later": it cannot be done yet, and that is nobody's fault. */
export type Step = (
  queries: Queries,
  workflow: { readonly tenantId: string; readonly subject: string },
) => Promise<void | "later">;
export type Steps = Readonly<Record<Kind, readonly Step[]>>;
type Workflow = { id: string; tenantId: string; kind: Kind; subject: string; step: number; tries: number; trace: TraceHeaders };

const tries = 6;
const leaseMs = 30_000;
const laterMs = 60_000;

/** Begins with the transaction that it belongs to, or not at all. */
export async function startWorkflow(
  queries: Queries,
  { tenantId, kind, subject }: { readonly tenantId: string; readonly kind: Kind; readonly subject: string },
): Promise<void> {
  await queries.rows(
    "insert into workflows (tenant_id, kind, subject, trace) values ($1, $2, $3, $4) on conflict (kind, subject) do nothing",
    [tenantId, kind, subject, JSON.stringify(traceHeaders())],
  );
}

export function measureWorkflows(db: Database): void {
  const count = async (where: string): Promise<number> =>
    (await db.row<{ count: number }>(`select count(*)::int as count from workflows where ${where}`))?.count ?? 0;
  gauge("queue_depth", "Workflows that wait for a worker.", async () => [
    { labels: { queue: "temporal" }, value: await count("state = 'running' and due_at <= now()") },
  ]);
  gauge("queue_dead_letters", "Workflows that were given up.", async () => [
    { labels: { queue: "temporal" }, value: await count("state = 'dead'") },
  ]);
}

/** Does the next step of one workflow. Tells whether there was one. */
export function createWorkflowWorker(db: Database, steps: Steps): () => Promise<boolean> {
  const ended = counter(
    "jobs_total",
    "Steps by how they ended.",
    ["done", "failed"].map((outcome) => ({ queue: "temporal", outcome })),
  );
  const duration = histogram("job_duration_seconds", "How long steps took.");

  return async () => {
    const workflow = await db.row<Workflow>(
      `update workflows set due_at = now() + $1 * interval '1 ms', tries = tries + 1
       where id = (select id from workflows where state = 'running' and due_at <= now() order by due_at for update skip locked limit 1)
       returning id, tenant_id as "tenantId", kind, subject, step, tries, trace`,
      [leaseMs],
    );
    if (!workflow) return false;
    await inSpan(workflow.trace, async () => {
      setBaggage({ tenant_id: workflow.tenantId });
      const startedAt = performance.now();
      const outcome = await advance(db, workflow, steps[workflow.kind]);
      duration({ queue: "temporal" }, (performance.now() - startedAt) / 1_000);
      ended({ queue: "temporal", outcome });
      log("info", `step ${outcome}`, { workflow: workflow.kind, step: workflow.step, tries: workflow.tries });
    });
    return true;
  };
}

async function advance(db: Database, workflow: Workflow, steps: readonly Step[]): Promise<"done" | "failed" | "later"> {
  const { id, tenantId, step } = workflow;
  try {
    // The step and the note that it is done are one transaction.
    return await asTenant(db, tenantId, async (queries) => {
      const said = await steps[step]?.(queries, workflow);
      const over = step + 1 >= steps.length;
      if (said === "later")
        await queries.rows("update workflows set tries = 0, due_at = now() + $2 * interval '1 ms' where id = $1", [id, laterMs]);
      else
        await queries.rows(
          "update workflows set step = step + 1, tries = 0, due_at = now(), failure = null, state = $2 where id = $1",
          [id, over ? "done" : "running"],
        );
      return said ?? "done";
    });
  } catch (error) {
    log("warn", "a step failed", errorFields(error));
    await db.rows("update workflows set failure = $2, state = $3, due_at = now() + $4 * interval '1 ms' where id = $1", [
      id,
      error instanceof Error ? error.message.slice(0, 500) : "unknown",
      workflow.tries >= tries ? "dead" : "running",
      250 * 2 ** workflow.tries,
    ]);
    return "failed";
  }
}
