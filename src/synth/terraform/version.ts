import type { Environment } from "../../spec/environment.ts";

/** Arguments that are written to the cloud and not to the state came with 1.11: below it, a generated password lies in the state. */
export const leastTerraform = "1.11";

/** The line of versions that an environment's Terraform is run with: the spec's, or the least that the modules work with. */
export function terraformLine({ pipeline }: Environment): string {
  const wanted = pipeline?.infrastructure?.terraform ?? leastTerraform;
  const [major = 0, minor = 0] = wanted.split(".").map(Number);
  return major < 1 || (major === 1 && minor < 11) ? leastTerraform : wanted;
}
