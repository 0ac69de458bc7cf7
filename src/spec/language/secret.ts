import { entity, options } from "../node.ts";
import type { Role } from "./people.ts";
import type { Duration } from "./units.ts";

export type SecretOptions = {
  /** Made by Gantry when the environment is set up, and never seen by a person. */
  readonly generated?: boolean;
  /** Replaced after this long. */
  readonly rotate?: Duration;
  /** The old value is still taken for this long after a rotation. */
  readonly grace?: Duration;
  readonly purpose?: string;
  /** Nobody else may set or replace it. */
  readonly owner?: Role;
};

/** A value that only the secret store knows. Wherever it stands in a spec, its name stands, never what it holds. */
export class Secret {
  readonly kind = "secret";
  readonly name: string;

  constructor(name: string, given: SecretOptions) {
    this.name = name;
    entity(this, "secrets", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function secret(name: string, options: SecretOptions = {}): Secret {
  return new Secret(name, options);
}
