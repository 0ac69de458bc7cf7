import { type Grant, type Right, type Where, allows } from "../../../api/rights.ts";
import type { Who } from "../../../api/schema/session.ts";
import type { Actor } from "../../../delivery/machine.ts";
import { GantryError, UserError } from "../../../lib/errors.ts";

/** Who asks, once that is known. */
export type Asker = {
  /** Unlike any other's: limits and keys are counted by it. */
  readonly id: string;
  readonly name: string;
  readonly kind: Actor["kind"];
  readonly by: Who["by"];
  readonly grants: readonly Grant[];
  /** Of this machine: whoever may open the socket may do everything, and say it in anybody's name. */
  readonly owner: boolean;
  readonly expiresAt?: Date | undefined;
};

const known = { socket: "login", session: "login", token: "token", oidc: "oidc" } as const;

/** As events and releases call them; `as` is somebody else, in whose name only the owner of the machine speaks. */
export function actorOfAsker(asker: Asker, as?: string): Actor {
  if (as === undefined || as === asker.name) return { kind: asker.kind, name: asker.name, known: known[asker.by] };
  if (!asker.owner)
    throw new GantryError("no-right", "nobody speaks in another's name over the network", {
      hint: "leave `as` out: you are known",
    });
  return { kind: "person", name: as, known: "asserted" };
}

export function may(asker: Asker, right: Right, where: Where): boolean {
  return allows(asker.grants, right, where);
}

/** What is refused here is refused before anything is looked up: it says nothing of what exists. */
export function require(asker: Asker, right: Right, where: Where): void {
  if (may(asker, right, where)) return;
  throw new GantryError("no-right", `${asker.name} may not ${right} there`, { hint: "gantry whoami shows what you may do" });
}

export function whoView({ name, kind, by, grants, owner, expiresAt }: Asker): Who {
  return {
    name,
    kind,
    by,
    grants: [...grants],
    owner,
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
  };
}

export const everything: readonly Grant[] = [{ product: "*", environment: "*", role: "admin" }];

export function notSignedIn(): UserError {
  return new UserError("not-signed-in", "nobody is known to ask this", {
    hint: "gantry open --console prints a link for a browser; programs send Authorization: Bearer gty_…",
  });
}
