import { entity, options, value } from "../node.ts";
import type { Duration } from "./units.ts";

/** A part that people play; approvals ask for parts, not for people. */
export class Role {
  readonly kind = "role";
  readonly name: string;

  constructor(name: string, given: RoleOptions) {
    this.name = name;
    entity(this, "roles", name, { data: options(given), given, args: { name: 0 } });
  }
}

export type RoleOptions = {
  readonly members: readonly string[];
  readonly may?: readonly ("view" | "develop" | "operate" | "approve" | "administer")[];
};

export function role(name: string, options: RoleOptions): Role {
  return new Role(name, options);
}

export type ApprovalOptions = {
  readonly by: Role;
  readonly given?: `${number}-${number}-${number}`;
  readonly pending?: boolean;
  readonly of?: string;
};

/** An approval on record, given or still awaited. */
export class Approval {
  readonly kind = "approval";
  readonly name: string;

  constructor(name: string, given: ApprovalOptions) {
    this.name = name;
    entity(this, "approvals", name, { data: options(given), given, args: { name: 0 } });
  }

  /** A gate that holds until it is given. */
  get given(): Gate {
    return new Gate({ gate: "signed", approval: this }, {});
  }
}

export function approval(name: string, options: ApprovalOptions): Approval {
  return new Approval(name, options);
}

/** A question that must be answered before a release goes on. */
export class Gate {
  readonly kind = "gate";
  constructor(data: object, written: { given?: unknown; args?: Record<string, number> }) {
    value(this, data, written);
  }
}

/** Somebody of this role says yes, each time. */
export function approvedBy(role: Role, options: { readonly expires?: Duration; readonly people?: number } = {}): Gate {
  return new Gate({ gate: "approval", role, ...options }, { given: options, args: { role: 0 } });
}

export type FreezeOptions = {
  readonly from: string;
  readonly until: string;
  readonly stops?: readonly ("release" | "promote" | "migrate" | "rollback" | "infrastructure")[];
  readonly overrideBy?: Role;
  readonly because: string;
};

/** A time in which nothing is shipped. Times are UTC, written 2026-12-24T18:00Z, or as cron expressions. */
export class Freeze {
  readonly kind = "freeze";
  readonly name: string;

  constructor(name: string, given: FreezeOptions) {
    this.name = name;
    entity(this, "freezes", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function freeze(name: string, options: FreezeOptions): Freeze {
  return new Freeze(name, options);
}
