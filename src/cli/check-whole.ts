import { checkSignals } from "../signals/rules/check-signals.ts";
import { type Checked, checkProduct } from "../spec/check.ts";
import type { Normalised } from "../spec/normalise.ts";

/** The spec, checked by every room that has something to say. */
export function checkWhole(spec: Normalised): Checked {
  return checkProduct(spec, [checkSignals]);
}
