import { ConflictError, GantryError } from "../lib/errors.ts";
import type { Split } from "../wire/machine.ts";
import type { RevisionKey } from "./gateway/gateway.ts";
import type { KeptService } from "./state.ts";

// What the agent does not do, and why. Pure.

export function unknownRevision({ environment, service, revision }: RevisionKey): ConflictError {
  return new ConflictError("unknown-revision", `${service} has no revision ${revision} in ${environment}`, {
    hint: "gantry status lists those there are",
  });
}

export function refuseBadSplit({ shares, tags }: Split, kept: KeptService | undefined, at: Omit<RevisionKey, "revision">): void {
  const named = [...shares.map((one) => one.revision), ...Object.values(tags)];
  const unknown = named.find((one) => kept?.revisions[one] === undefined);
  if (unknown !== undefined) throw unknownRevision({ ...at, revision: unknown });
  const sum = shares.reduce((all, one) => all + one.weight, 0);
  if (shares.length > 0 && Math.abs(sum - 100) > 1e-6)
    throw new ConflictError("bad-split", `the weights of ${at.service} come to ${sum}, not 100`, {
      hint: "give all of the traffic to somebody",
    });
}

export function refuseServing(revision: string, kept: KeptService | undefined, what: string): void {
  const share = kept?.split.shares.find((one) => one.revision === revision)?.weight ?? 0;
  if (share > 0)
    throw new ConflictError("still-serving", `${revision} gets ${share} % of the traffic and cannot be ${what}`, {
      hint: "give its share to another revision first",
    });
}

/** Something was started and will not be ready; its last lines say more than anybody else could. */
export function notReady(
  name: string,
  end: { readonly reason: string; readonly tail: readonly string[] },
  silent: string,
): GantryError {
  return new GantryError("not-ready", `${name} ${end.reason}`, {
    hint: end.tail.length > 0 ? `its last lines:\n${end.tail.join("\n")}` : silent,
  });
}
