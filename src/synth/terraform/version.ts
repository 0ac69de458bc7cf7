import type { Environment } from "../../spec/environment.ts";

/** Arguments that are written to the cloud and not to the state came with 1.11: below it, a generated password lies in the state. */
export const leastTerraform = "1.11.0";

/** The version that pipelines install: the spec's, or the least that the modules work with. */
export function terraformVersion({ pipeline }: Environment): string {
  const wanted = pipeline?.infrastructure?.terraform;
  if (wanted === undefined) return leastTerraform;
  const [major = 0, minor = 0] = wanted.split(".").map(Number);
  if (major < 1 || (major === 1 && minor < 11)) return leastTerraform;
  return /^\d+\.\d+$/.test(wanted) ? `${wanted}.0` : wanted;
}
