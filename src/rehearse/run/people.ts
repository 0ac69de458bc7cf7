import type { Command } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";

/** People who are asked to approve, and do so after a while, or never. */
export type People = {
  /** Who says something now. */
  due(run: Release, nowMs: number): readonly Command[];
  /** When somebody says something next. */
  nextMs(run: Release): number;
};

export function createPeople(approvedAfterMs: number | undefined): People {
  const said = new Set<string>();

  function waiting(run: Release): readonly Command[] {
    if (approvedAfterMs === undefined) return [];
    const step = run.plan.steps[run.at];
    return (step?.gates ?? []).flatMap((gate): readonly Command[] => {
      const askedMs = Object.hasOwn(run.held, gate.id) ? run.held[gate.id] : undefined;
      if (gate.gate !== "approval" || askedMs === undefined) return [];
      return Array.from({ length: gate.people }, (_, person) => ({
        id: `${run.id}/${run.at}/${gate.id}/${person}`,
        atMs: askedMs + approvedAfterMs,
        by: { kind: "person" as const, name: `${gate.role} ${person + 1}` },
        roles: [gate.role],
        verb: "approve",
        step: run.at,
      })).filter(({ id }) => !said.has(id));
    });
  }

  return {
    due(run, nowMs) {
      const now = waiting(run).filter(({ atMs }) => atMs <= nowMs);
      for (const { id } of now) said.add(id);
      return now;
    },
    nextMs: (run) => waiting(run).reduce((least, { atMs }) => Math.min(least, atMs), Infinity),
  };
}
