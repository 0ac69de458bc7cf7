import { UserError } from "../../lib/errors.ts";
import { type Circumstances, requireServices } from "../../rehearse/campaign/circumstances.ts";
import type { Checked } from "../../spec/check.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Given } from "../command.ts";
import { chooseEnvironment, chooseEnvironments, readSoundSpec, switchesOf } from "../read-spec.ts";

/** An environment whose policy is rehearsed, and whose it is where two are held against each other. */
export type Policy = { readonly environment: Environment; readonly policy?: string };

type Asked = { readonly checked: Checked; readonly name: string | undefined; readonly circumstances: Circumstances };

export async function policiesOf(given: Given, { checked, name, circumstances }: Asked): Promise<readonly Policy[]> {
  const switches = switchesOf(given);
  const named =
    name === undefined ? chooseEnvironments(checked, switches).filter(releases) : [chooseEnvironment(checked, name, switches)];
  if (named.length === 0)
    throw new UserError("nothing-to-rehearse", "no environment of this spec says how it is released", {
      hint: "give one a release: canary([…]), as docs/releases.md shows",
    });
  for (const environment of named) requireServices(environment, circumstances);
  const { against } = given.options;
  if (typeof against !== "string") return named.map((environment) => ({ environment }));
  const other = await readSoundSpec({ options: { ...given.options, config: against } });
  return named.flatMap((environment) => {
    const there = chooseEnvironment(other, environment.environment, switches);
    requireServices(there, circumstances);
    return [
      { environment, policy: "here" },
      { environment: there, policy: "there" },
    ];
  });
}

function releases({ release, services }: Environment): boolean {
  return release !== undefined && Object.keys(services).length > 0;
}
