import { setTimeout as wait } from "node:timers/promises";
import { log } from "./serve.mjs";

// Stands in for the nightly job: it starts, does its work and ends.
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

log("sweeping documents that nobody finished");
await wait(500, undefined, { signal: stopping.signal }).catch(() => {});
log(stopping.signal.aborted ? "stopped before the end" : "swept", { documents: 0 });
