import type { Replica } from "./replica.ts";

/**
 * Waits until nothing is in flight on these replicas, and cuts what is left at the deadline. What can be told to come back elsewhere
 * (a WebSocket) is told at once, since it might never end on its own.
 */
export async function drain(replicas: readonly Replica[], deadlineMs: number): Promise<{ cut: number }> {
  for (const replica of replicas) for (const exchange of replica.inFlight.snapshot()) exchange.goingAway();
  const cuts = await Promise.all(replicas.map((replica) => drainOne(replica, deadlineMs)));
  return { cut: cuts.reduce((sum, cut) => sum + cut, 0) };
}

function drainOne(replica: Replica, deadlineMs: number): Promise<number> {
  return new Promise((resolve) => {
    let cut = 0;
    const deadline = setTimeout(() => {
      for (const exchange of replica.inFlight.snapshot()) if (exchange.cut()) cut += 1;
      // Each of them is over, so that it has left the replica; should one not, a drain ends all the same.
      forget();
      resolve(cut);
    }, deadlineMs);
    const forget = replica.onEmpty(() => {
      clearTimeout(deadline);
      // Not before the deadline's own work is done, which empties the replica too.
      queueMicrotask(() => resolve(cut));
    });
  });
}
