import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Platform } from "./platform.ts";

const demo = z.object({
  schemaVersion: z.literal(1),
  /** Who runs the demonstration: when it is dead, so is this. */
  pid: z.int().positive(),
  product: z.string(),
  environment: z.string(),
  service: z.string(),
  offers: z
    .array(z.object({ name: z.string(), title: z.string(), says: z.string(), folders: z.array(z.string()).min(1).max(10) }))
    .max(10),
});

export type Demo = z.infer<typeof demo>;

/** What runs a demonstration here leaves word of it beside the rest of what is kept; nothing else can, and nobody over the network. */
export async function readDemo(platform: Platform, product: string): Promise<Demo | undefined> {
  const text = await readFile(path.join(platform.place.folder, "demo.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const found = demo.safeParse(parsed(text));
  if (!found.success || found.data.product !== product || !isAlive(found.data.pid)) return undefined;
  return found.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
