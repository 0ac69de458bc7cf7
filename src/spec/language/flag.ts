import { entity, options, reference } from "../node.ts";
import type { Role } from "./people.ts";
import type { AnyService, Routes } from "./service.ts";
import type { Percent } from "./units.ts";

export type FlagOptions = {
  /** The routes that exist only while it is on. */
  readonly gates?: Routes;
  /** The service that reads it from its environment. */
  readonly variableOf?: AnyService;
  readonly default?: boolean | Percent;
  /** Who gets it first. */
  readonly first?: string;
  readonly sdk?: "launchdarkly" | "openfeature";
  readonly owner?: Role;
  readonly because?: string;
};

export class Flag {
  readonly kind = "flag";
  readonly name: string;
  declare readonly "~options"?: FlagOptions;

  constructor(name: string, given: FlagOptions) {
    this.name = name;
    entity(this, "flags", name, { data: options(given), given, args: { name: 0 } });
  }

  get on(): FlagSetting {
    return new FlagSetting(this, true);
  }
  get off(): FlagSetting {
    return new FlagSetting(this, false);
  }
  /** On for this share of the users, always the same ones. */
  at(share: Percent): FlagSetting {
    return new FlagSetting(this, share);
  }
}

export class FlagSetting {
  readonly kind = "flag setting";
  constructor(flag: Flag, to: boolean | Percent) {
    reference(this, flag, { is: to });
  }
}

export function flag(name: string, options: FlagOptions = {}): Flag {
  return new Flag(name, options);
}
