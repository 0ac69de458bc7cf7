import type { ResourceDepths } from "../../wire/resources.ts";
import type { Reading } from "./watcher.ts";

/** What waits in the queues of one environment, by what the spec calls them. */
export function readQueues(depths: ResourceDepths, queues: ReadonlyMap<string, string>): readonly Reading[] {
  return depths.queues.flatMap(({ name, visible, inFlight, delayed, dead, oldestAgeMs }) => {
    const queue = queues.get(name);
    if (queue === undefined) return [];
    const depth = (state: string, value: number): Reading => ({ name: "queue_depth", labels: { queue, state }, value });
    return [
      // As the measures ask for it: what could be taken now.
      depth("waiting", visible),
      depth("in_flight", inFlight),
      depth("delayed", delayed),
      { name: "queue_dead_letters", labels: { queue }, value: dead },
      { name: "queue_oldest_age_seconds", labels: { queue }, value: oldestAgeMs / 1_000 },
    ];
  });
}
