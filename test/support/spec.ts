import { fileURLToPath } from "node:url";
import { type Checked, checkProduct } from "../../src/spec/check.ts";
import { type Normalised, normalise } from "../../src/spec/normalise.ts";
import { checkSignals } from "../../src/signals/rules/check-signals.ts";
import { Sources } from "../../src/spec/sources.ts";
import * as gantry from "../../src/spec/index.ts";
import { evaluateSpec } from "../../src/load/evaluate.ts";

/** Loads an example with the sources under test (not the built ones). */
export async function loadExample(name: string): Promise<Normalised> {
  const file = fileURLToPath(new URL(`../../examples/${name}/gantry.config.ts`, import.meta.url));
  return normalise(await evaluateSpec(file, `examples/${name}/gantry.config.ts`, gantry), `examples/${name}/gantry.config.ts`);
}

/** Checks a product that is plain data. */
export function checkData(data: Record<string, unknown>): Checked {
  return checkProduct({ data, sources: new Sources("gantry.json"), problems: [] }, [checkSignals]);
}

/** Checks a product that builders made. */
export function checkSpec(product: gantry.Product): Checked {
  return checkProduct(normalise(product, "gantry.config.ts"), [checkSignals]);
}
