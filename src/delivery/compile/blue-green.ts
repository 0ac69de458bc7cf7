import type { Step } from "../plan.ts";
import { closingOf, startOf } from "./closing.ts";
import { type Compiling, type Strategy, stepOf } from "./compiling.ts";
import { freezesOf } from "./freezes.ts";
import { gatesOf } from "./gate-of.ts";
import { preludeOf } from "./preparing.ts";

type BlueGreen = Extract<Strategy, { readonly strategy: "blue-green" }>;

/** The new version beside the old one, seen at a place of its own, and then all traffic at once. */
export function compileBlueGreen(compiling: Compiling<BlueGreen>): readonly Step[] {
  const { strategy, changes, speed } = compiling;
  const { steps, remaining } = preludeOf(compiling);
  const gates = [...gatesOf("preview", strategy.after ?? [], compiling), ...freezesOf("preview", ["promote"], compiling)];
  const preview = { tag: "next", ...(strategy.preview === undefined ? {} : { host: strategy.preview }) };
  const shown = changes.some(({ serves }) => serves);
  return [
    ...steps,
    startOf(remaining, compiling),
    ...(shown ? [stepOf({ name: "preview", runs: true, preview, gates }, speed)] : []),
    ...closingOf(shown ? "switch" : "100%", compiling),
  ];
}
