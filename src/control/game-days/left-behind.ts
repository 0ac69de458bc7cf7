import { randomUUID } from "node:crypto";
import type { Release } from "../../delivery/release.ts";
import { gameDayMark } from "../../wire/game-day-mark.ts";
import type { Control } from "../control.ts";
import { materialOf } from "../releases/material.ts";

/** Takes back what a game day has released whose command is gone. What it released is told by the mark that its services bear. */
export async function takeBackLeftBehind(
  { platform: { store }, engine }: Pick<Control, "platform" | "engine">,
  product: string,
  key: string,
): Promise<void> {
  const rows = await store.runs.list(product, { environment: key, kind: "release", unfinished: true, limit: 10 });
  for (const row of rows) {
    const { id, phase } = engine.read(row) as Release;
    const material = await materialOf(store, id);
    const services = Object.values(material?.environment.services ?? {});
    if (phase === "reverting" || phase === "degraded" || !services.some((one) => one.env?.[gameDayMark] !== undefined)) continue;
    await engine.command(id, {
      id: randomUUID(),
      atMs: Date.now(),
      by: { kind: "automation", name: "gantry" },
      verb: "abort",
      reason: "the game day that it belongs to is over",
    });
  }
}
