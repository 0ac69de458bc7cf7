import { freePort } from "../system/free-port.ts";
import type { EnvironmentView } from "../wire/machine.ts";

export type Ports = ReturnType<typeof portsFor>;

/** Ports of an environment: those that it had before, as long as they are free. */
export function portsFor(before: Readonly<Record<string, number>>, view: EnvironmentView | undefined) {
  const known: Record<string, number> = { ...before };
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
