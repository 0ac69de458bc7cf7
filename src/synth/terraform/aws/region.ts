import { type Expression, type Value, template } from "../../text/hcl.ts";
import { variable } from "./place.ts";

/** One of the regions: what its modules' labels end in, which provider makes them, and what they are named after. */
export type Region = {
  readonly suffix: "" | "_standby";
  readonly region: Expression;
  readonly name: Value;
  readonly how: { readonly providers?: Readonly<Record<string, string>> };
};

export const here: Region = { suffix: "", region: variable("region"), name: variable("name"), how: {} };
export const standby: Region = {
  suffix: "_standby",
  region: variable("standby_region"),
  name: template(variable("name"), "-standby"),
  how: { providers: { aws: "aws.standby" } },
};
