import { setTimeout as wait } from "node:timers/promises";
import { log } from "./serve.mjs";

// Stands in for the Temporal worker: it waits for workflows, and on SIGTERM finishes the round it is in and ends.
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
log("waiting for workflows", { temporal: process.env.TEMPORAL_ADDRESS ?? "none" });
while (!stopping.signal.aborted) await wait(1_000, undefined, { signal: stopping.signal }).catch(() => {});
log("stopped");
