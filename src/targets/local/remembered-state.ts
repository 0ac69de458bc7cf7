import type { EnvironmentView, MachineState, MachineView } from "../../wire/machine.ts";

type Known = ReadonlyMap<string, { readonly digest: string; readonly view: EnvironmentView }>;

/**
 * What the agent tells, asked for with the digests of what it told before. An environment that is as it was is the very same object: it was not
 * sent again, and whoever made something of it may keep that.
 */
export function rememberedState(ask: (known: readonly string[]) => Promise<MachineState>): () => Promise<MachineView> {
  let known: Known = new Map();
  return async () => {
    // Others may ask meanwhile, and learn something newer.
    const before = known;
    const { environments, ...machine } = await ask(Array.from(before.values(), ({ digest }) => digest));
    const views = environments.map((one): EnvironmentView => {
      if ("services" in one) return one;
      const kept = before.get(one.environment);
      if (kept === undefined) throw new Error(`the agent left out ${one.environment}, of which nothing was known`);
      return kept.view;
    });
    known = new Map(
      environments.flatMap(({ environment, digest }, index) => {
        const view = views[index];
        return digest === undefined || view === undefined ? [] : [[environment, { digest, view }]];
      }),
    );
    return { ...machine, environments: views };
  };
}
