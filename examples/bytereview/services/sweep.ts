import { connectDatabase } from "../../shared/database.ts";
import { runJob } from "../../shared/job.ts";
import { log } from "../../shared/log.ts";
import { kept } from "../../shared/metrics.ts";
import { stopping } from "../../shared/stopping.ts";
import { logAsTheDocumentAsks, openFiles } from "./parts.ts";

// The nightly job: documents that nobody finished in a day are given up, their files and old progress go.
logAsTheDocumentAsks();
const db = connectDatabase({ max: 2 });
const files = openFiles(db);
let swept = 0;
kept("documents_abandoned_total", "Documents that were given up in this run.", () => swept);

await runJob(async () => {
  while (!stopping.aborted) {
    // Marked first and removed then: a run that breaks off leaves a file, never a document without its file.
    const [document] = await db.rows<{ id: string }>(
      `update documents set state = 'abandoned' where id = (
         select id from documents where state in ('waiting', 'reading') and created_at < now() - interval '1 day'
         limit 1 for update skip locked
       ) returning id`,
    );
    if (!document) break;
    await files.remove(document.id);
    swept += 1;
  }
  const old = await db.rows("delete from runs where updated_at < now() - interval '90 days' returning id");
  log("info", stopping.aborted ? "stopped before the end" : "swept", { documents: swept, runs: old.length });
}, [db.close]);
