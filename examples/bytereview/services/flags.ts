import { createHash } from "node:crypto";

/** A flag is on, off, or on for a share of the users: always the same ones, and more of them as the share grows. */
export function isOpenFor(flag: string | undefined, uid: string): boolean {
  if (flag === "true" || flag === "on") return true;
  const [, share] = /^(\d+(?:\.\d+)?)%$/.exec(flag ?? "") ?? [];
  if (share === undefined) return false;
  return (createHash("sha256").update(`INTEGRATIONS_PHASE:${uid}`).digest().readUInt32BE() / 2 ** 32) * 100 < Number(share);
}
