import { connectDatabase } from "../../shared/database.ts";
import { logBaggage } from "../../shared/log.ts";
import { runService } from "../../shared/service.ts";
import { repeat } from "../../shared/work.ts";
import { scannerOfEnvironment } from "./clamav.ts";
import { contentOf } from "./documents.ts";
import { type Steps, createWorkflowWorker, measureWorkflows } from "./workflows.ts";

// Stands in for the Temporal worker: it sends invoices and scans documents, step by step.
logBaggage({ tenant_id: "tenant_id", uid: "uid" });
const db = connectDatabase({ max: 6 });
const scan = scannerOfEnvironment();

const steps: Steps = {
  "send invoice": [
    // Numbers have no gaps: two invoices of a firm are numbered one after the other. Done twice, it keeps the number that it has.
    async (queries, { tenantId, subject }) => {
      await queries.rows("select pg_advisory_xact_lock(hashtextextended($1, 0))", [tenantId]);
      await queries.rows(
        "update invoices set number = (select coalesce(max(number), 0) + 1 from invoices) where id = $1 and number is null",
        [subject],
      );
    },
    async (queries, { subject }) =>
      void (await queries.rows("update invoices set state = 'sent', sent_at = now() where id = $1 and state = 'sending'", [
        subject,
      ])),
  ],
  "scan document": [
    async (queries, { tenantId, subject }) => {
      if (!scan) return "later";
      const { content } = await contentOf(queries, tenantId, subject);
      await queries.rows("update documents set state = $2 where id = $1 and state = 'unscanned'", [subject, await scan(content)]);
    },
  ],
};

measureWorkflows(db);
const working = repeat(createWorkflowWorker(db, steps));
runService({
  port: 0,
  health: { live: "/health", ready: "/health/ready" },
  ready: db.ping,
  close: [() => working, db.close],
});
