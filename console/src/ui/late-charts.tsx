import { lazy, Suspense } from "react";
import type { Charted } from "./charts.tsx";
import { Looking } from "./note.tsx";

const Charts = lazy(async () => ({ default: (await import("./charts.tsx")).Charts }));

/** What draws them is loaded with the first of them. */
export function LateCharts({ of }: { readonly of: readonly Charted[] }) {
  return (
    <Suspense fallback={<Looking />}>
      <Charts of={of} />
    </Suspense>
  );
}
