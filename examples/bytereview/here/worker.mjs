import { again, log } from "./serve.mjs";

// Stands in for an ARQ worker: it waits for jobs of the queue that it is given, as `node here/worker.mjs extraction`.
const [queue = "extraction"] = process.argv.slice(2);
let rounds = 0;

const stopped = again(1_000, () => {
  rounds += 1;
  if (rounds % 30 === 0) log("still waiting", { queue, rounds });
});
log("waiting for jobs", { queue, redis: process.env.REDIS_HOST ?? "none" });
await stopped;
log("stopped", { queue, rounds });
