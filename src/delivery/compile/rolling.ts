import { shareOf } from "../../lib/quantities.ts";
import type { Step } from "../plan.ts";
import type { Change } from "../release.ts";
import { startOf, verifyOf } from "./closing.ts";
import { type Compiling, type Strategy, stepOf } from "./compiling.ts";
import { freezesOf } from "./freezes.ts";
import { preludeOf } from "./preparing.ts";
import { fitting } from "./room.ts";

type Rolling = Extract<Strategy, { readonly strategy: "rolling" }>;

/** Batch by batch: so many new ones, and as many of the old ones less. */
export function compileRolling(compiling: Compiling<Rolling>): readonly Step[] {
  const { changes, speed, free } = compiling;
  const { steps, remaining } = preludeOf(compiling);
  const of = replicasOf(changes);
  const wanted = batchOf(compiling.strategy, of);
  const serving = changes.filter(({ serves }) => serves);
  const batch = free === undefined || serving.length === 0 ? wanted : fitting(wanted, serving, { of, free });
  const replaced = Array.from({ length: Math.ceil(of / (batch.surge + batch.unavailable)) }, (_, index) =>
    Math.min(of, (index + 1) * (batch.surge + batch.unavailable)),
  );
  const first = replaced[0] ?? of;
  const start = startOf(remaining, compiling);
  return [
    ...steps,
    {
      ...start,
      replaced: { replicas: first, of, ...batch },
      gates: [...start.gates, ...freezesOf("start", ["promote"], compiling)],
    },
    ...replaced.map((replicas) =>
      stepOf(
        {
          name: `${replicas} of ${of}`,
          weightPercent: replicas === of ? 100 : Math.floor((100 * replicas) / of),
          runs: true,
          workers: replicas === of,
          replaced: { replicas, of, ...batch },
        },
        speed,
      ),
    ),
    ...verifyOf(compiling).map((step) => ({ ...step, replaced: { replicas: of, of, ...batch } })),
  ];
}

/** The most replicas that one of them has: by these the batches are counted. */
export function replicasOf(changes: readonly Change[]): number {
  const serving = changes.filter(({ serves }) => serves);
  return Math.max(1, ...(serving.length > 0 ? serving : changes).map(({ replicas }) => replicas));
}

/** As Kubernetes counts: more at a time is rounded up, fewer is rounded down, and never both nothing. */
export function batchOf({ surge, unavailable }: Pick<Rolling, "surge" | "unavailable">, of: number) {
  const up = surge === undefined ? undefined : typeof surge === "number" ? surge : Math.ceil(shareOf(surge) * of);
  const down =
    unavailable === undefined ? 0 : typeof unavailable === "number" ? unavailable : Math.floor(shareOf(unavailable) * of);
  const more = up ?? (down > 0 ? 0 : Math.ceil(of / 4));
  const fewer = Math.min(down, of);
  return more + fewer === 0 ? { surge: 1, unavailable: 0 } : { surge: Math.min(more, of), unavailable: fewer };
}
