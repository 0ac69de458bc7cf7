import type { Client } from "../../api/client.ts";
import type { Routes } from "../../api/routes.ts";
import { UserError } from "../../lib/errors.ts";

export type Elsewhere = {
  readonly api: Client<Routes>;
  readonly server: string;
  readonly product: string;
};

export function onlyHere(server: string, what = "this"): UserError {
  return new UserError("only-here", `${what} is done on the machine itself, and not by ${server}`, {
    hint: "leave --server out and unset GANTRY_SERVER, on the machine that it is about",
  });
}
