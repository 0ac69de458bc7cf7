import { randomUUID } from "node:crypto";
import type { Control } from "../control.ts";
import { refuseHeld } from "./begin.ts";

// When an environment is changed by something else than a release.

const gantry = { kind: "automation", name: "gantry" } as const;
const limitMs = 5_000;

/** One that has moved all traffic and only watches is over when somebody else moves it; one that is on its way has the environment. */
export async function endWatching(control: Pick<Control, "platform" | "engine">, product: string, key: string): Promise<void> {
  const { platform, engine } = control;
  await refuseHeld(control, product, key);
  for (const { id, kind } of await platform.store.runs.list(product, { environment: key, unfinished: true }))
    if (kind === "release")
      await engine.command(
        id,
        { id: randomUUID(), atMs: Date.now(), by: gantry, verb: "supersede", reason: "brought up anew" },
        { limitMs },
      );
}

/** Nothing moves what is taken down: it would come up again. */
export async function endReleases(
  { platform, tasks }: Pick<Control, "platform" | "tasks">,
  product: string,
  key: string,
): Promise<void> {
  const because = "the environment was taken down";
  const unfinished = await platform.store.runs.list(product, { environment: key, unfinished: true });
  for (const row of unfinished) {
    const ended = { ...(row.data as object), exclusive: false, endedAtMs: Date.now() };
    // What had all traffic and was only watched has not been taken back.
    const isDone = (row.data as { readonly phase?: unknown }).phase === "watching";
    const phase = row.kind !== "release" ? {} : isDone ? { phase: "healthy" } : { phase: "degraded", because };
    await platform.store.releases.giveUp(row.id, { ...ended, ...phase }, because);
    await tasks.endRun(row.id);
  }
  // What is still on its way to the agent bears a lower number than what takes the environment down.
  if (unfinished.length > 0) await platform.fences.raise();
}
