import { freePort } from "../system/free-port.ts";
import type { MachineView } from "../wire/machine.ts";
import type { Platform } from "./platform.ts";
import type { BringUp } from "./bring-up.ts";

/** Ports of an environment: those that it had before, as long as they are free. */
export async function portsFor(platform: Platform, { environment, key }: BringUp, machine: MachineView) {
  const row = (await platform.store.environments(environment.product)).find((one) => one.name === key);
  const known: Record<string, number> = { ...row?.ports };
  const view = machine.environments.find((one) => one.environment === key);
  const inUse = new Set([
    ...(view?.services ?? []).flatMap((one) => one.port ?? []),
    ...(view?.resources ?? []).flatMap((one) => one.port ?? []),
  ]);
  const taken = new Map<string, Promise<number>>();
  const of = (name: string): Promise<number> => {
    const before = known[name];
    let found = taken.get(name);
    if (!found) taken.set(name, (found = before !== undefined && inUse.has(before) ? Promise.resolve(before) : freePort(before)));
    return found.then((port) => (known[name] = port));
  };
  return { of, all: () => known };
}
