import { revisionsKept } from "../targets/local/deploy.ts";
import type { EnvironmentView } from "../wire/machine.ts";
import type { Platform } from "./platform.ts";

/** So many revisions of a service that have served can be gone back to, also weeks later; the agent keeps fewer of them at hand. */
const servedKept = 10;

/** Forgets what nobody will go back to: first the agent, then the record, and with it what was built. */
export async function forgetOld(
  { agent, store }: Pick<Platform, "agent" | "store">,
  { product, key, service }: { readonly product: string; readonly key: string; readonly service: string },
  view: EnvironmentView | undefined,
  needed: ReadonlySet<string>,
): Promise<void> {
  const known = (await store.revisions(product, key)).filter((one) => one.service === service);
  const order = new Map(known.map(({ revision }, index) => [revision, index]));
  const resting = (view?.services.find((one) => one.service === service)?.revisions ?? [])
    .filter((one) => one.resting === true && !needed.has(one.revision))
    .map(({ revision }) => revision)
    .toSorted((a, b) => (order.get(a) ?? Infinity) - (order.get(b) ?? Infinity));
  for (const revision of resting.slice(revisionsKept)) await agent.removeRevision(key, service, revision);
  const others = known.filter(({ revision }) => !needed.has(revision));
  const served = others.filter((one) => one.servingSince !== null);
  const never = others.filter((one) => one.servingSince === null);
  for (const { revision } of [...served.slice(servedKept), ...never.slice(servedKept)])
    await store.removeRevision(product, key, service, revision);
}
