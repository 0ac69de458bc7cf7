import { connectDatabase } from "../../shared/database.ts";
import { keyOfEnvironment } from "../../shared/kms.ts";
import { log } from "../../shared/log.ts";
import { createTaker, measureQueues } from "../../shared/queue.ts";
import { runService } from "../../shared/service.ts";
import { topicOfEnvironment } from "../../shared/topic.ts";
import { repeat } from "../../shared/work.ts";
import { extract } from "./extraction.ts";
import { importFolder } from "./imports.ts";
import { logAsTheDocumentAsks, openFiles, openQueues } from "./parts.ts";

// Stands in for the ARQ workers: `worker.mjs extraction` reads documents, `worker.mjs imports` fetches folders.
logAsTheDocumentAsks();
const [queue = ""] = process.argv.slice(2);
const db = connectDatabase({ max: 5 });
const files = openFiles(db);
const { store, close } = openQueues(db);
const key = keyOfEnvironment(process.env["KMS_KEY_ID"]);
const topic = topicOfEnvironment(process.env["EVENTS_TOPIC"]);

const jobs: Readonly<Record<string, (body: unknown) => Promise<void>>> = {
  extraction: (body) => extract(db, files, body),
  imports: (body) => importFolder({ db, files, key, topic }, body),
};
const work = jobs[queue];
if (!work) {
  log("error", `there is no queue "${queue}": it is one of ${Object.keys(jobs).join(", ")}`);
  process.exit(2);
}

measureQueues(store, [queue]);
const working = repeat(createTaker(store, { queue }, work), { restMs: 100 });
runService({
  port: 0,
  health: { live: "/health", ready: "/health/ready" },
  ready: db.ping,
  // The job at hand is finished first.
  close: [() => working, close, db.close],
});
