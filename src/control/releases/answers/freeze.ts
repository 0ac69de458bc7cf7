import type { Answer, Gate } from "../../../delivery/gate.ts";
import { freezesNow } from "../freezes.ts";
import { type Look, answered } from "./look.ts";

/** Times in which this is not done. The calendar knows no speed. */
export async function freezeAnswer(
  gate: Extract<Gate, { gate: "freeze" }>,
  { release, material, store, nowMs }: Look,
): Promise<Answer> {
  const at = { product: release.product, key: release.environment, ofSpec: material.environment.freezes };
  const { frozen, lifted } = await freezesNow(store, at, gate.action, nowMs);
  const [first] = frozen;
  if (first !== undefined)
    return answered(
      "fail",
      `${first.name} stops a ${gate.action}${first.until === undefined ? "" : ` until ${first.until}`}: ${first.because}`,
      nowMs,
      { freezes: frozen },
    );
  const [one] = lifted;
  if (one !== undefined)
    return answered("pass", `${one.by} has lifted ${one.name} until ${one.until}: ${one.because}`, nowMs, { lifted });
  return answered("pass", `nothing stops a ${gate.action} now`, nowMs);
}
