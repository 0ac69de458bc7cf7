// Stands in for the worker: one pass over all frameworks, then the end. SIGTERM ends it after the check at hand.
import { setTimeout as pause } from "node:timers/promises";
import { say } from "./answer.mjs";
import { frameworks } from "./frameworks.mjs";

let stopped = false;
process.once("SIGTERM", () => (stopped = true));

const done = [];
const work = frameworks.flatMap(({ id, checks }) => checks.map((check) => ({ framework: id, check })));
for (const one of work) {
  if (stopped) break;
  await pause(50);
  done.push(one);
  say("checked", one);
}
say(stopped ? "stopped" : "done", {
  framework_executions_total: new Set(done.map((one) => one.framework)).size,
  compliance_checks_total: done.length,
});
