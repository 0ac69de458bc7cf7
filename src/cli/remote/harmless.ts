import { setKey } from "../../lib/paths.ts";
import { printable } from "../../lib/text.ts";

/** What a server elsewhere tells, without anything that a terminal would obey; a line stays a line. */
export function harmless<T>(value: T): T {
  return madeHarmless(value) as T;
}

function madeHarmless(value: unknown): unknown {
  if (typeof value === "string") return value.split("\n").map(printable).join("\n");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(madeHarmless);
  const made = {};
  for (const [key, one] of Object.entries(value)) setKey(made, printable(key), madeHarmless(one));
  return made;
}
