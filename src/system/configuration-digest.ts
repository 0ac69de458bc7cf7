import { createHash } from "node:crypto";

/** Tells one text of a configuration from another, and says nothing of what it holds. */
export function configurationDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
