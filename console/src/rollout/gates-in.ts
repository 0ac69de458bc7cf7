import type { ReleaseView } from "../live/views.ts";

type Gate = ReleaseView["plan"]["watches"][number];
export type PlacedGate = Gate & {
  /** Steps at whose end it is asked; none for one that watches all along. */
  readonly steps: readonly number[];
  readonly watches: boolean;
  /** What it holds a release to, as a sentence. */
  readonly promise: string;
};

/** Every gate of the plan, and where it is asked. */
export function gatesIn({ plan }: Pick<ReleaseView, "plan">): readonly PlacedGate[] {
  const asked = plan.steps.flatMap(({ gates }, step) => gates.map((gate) => ({ gate, step })));
  const ids = [...new Set(asked.map(({ gate }) => gate.id))];
  return [
    ...ids.flatMap((id) => {
      const places = asked.filter(({ gate }) => gate.id === id);
      const [first] = places;
      return first === undefined
        ? []
        : [
            {
              ...first.gate,
              steps: places.map(({ step }) => step),
              watches: false,
              promise: `it goes on once ${first.gate.says}`,
            },
          ];
    }),
    ...plan.watches.map((gate) => ({ ...gate, steps: [], watches: true, promise: `it is taken back on ${gate.says}` })),
  ];
}
