import type { PlatformStatus } from "../wire/up.ts";
import type { Control } from "./control.ts";
import { platformStatus } from "./status.ts";
import { telemetryView } from "./watching/telemetry-view.ts";

/** What is there of a product at this moment. */
export async function statusNow(
  { platform, watch }: Pick<Control, "platform" | "watch">,
  product: string,
): Promise<PlatformStatus> {
  const { store, agent, place } = platform;
  const [rows, machine, traffic] = await Promise.all([
    store.environments(product),
    agent.state().catch(() => undefined),
    agent.traffic().catch(() => undefined),
  ]);
  const unwatched = (key: string) => {
    const one = watch.of(key);
    if (one === undefined) return undefined;
    const { problems, notWatched } = telemetryView(one, watch.problemsOf(key));
    return problems.length + notWatched.length === 0 ? undefined : { problems, rules: notWatched.length };
  };
  return platformStatus({ product, root: place.root, rows, machine, traffic: traffic?.revisions ?? [], unwatched });
}
