import { type Measured, minutesMs } from "./measured.ts";
import type { Selector } from "./promql-text.ts";
import type { Shape } from "./shape.ts";

// What a service's containers use, in the words that hold whatever a back end calls it.

type Named = { readonly name: string; readonly own: readonly string[] };

export function cpuAs({ name, own }: Named, shape: Shape): Measured {
  return { is: "measured", shape, unit: "share", own, says: `the CPU that ${name} uses, as a share of what it asked for` };
}

export function memoryAs({ name, own }: Named, shape: Shape): Measured {
  const says = `the memory that the fullest instance of ${name} uses, as a share of its limit`;
  return { is: "measured", shape, unit: "share", own, says };
}

export function restartsAs({ name, own }: Named, of: Selector): Measured {
  const says = `how often containers of ${name} started anew`;
  return { is: "measured", shape: { is: "increase", of }, unit: "count", own, usualMs: minutesMs(60), says };
}
