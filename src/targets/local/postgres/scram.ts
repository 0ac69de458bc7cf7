import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

// What Postgres stores of a password (RFC 5803). It is computed here, so that the password itself is in no statement: a statement
// that fails is logged.

const iterations = 4096;

export function scramVerifier(password: string, salt: Buffer = randomBytes(16), rounds = iterations): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, rounds, 32, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${rounds}:${salt.toString("base64")}$${stored}:${hmac("Server Key").toString("base64")}`;
}

/** Whether a verifier is that of a password: the same password set again changes nothing. */
export function isVerifierOf(verifier: string, password: string): boolean {
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier);
  if (!parts?.[1] || !parts[2]) return false;
  const made = Buffer.from(scramVerifier(password, Buffer.from(parts[2], "base64"), Number(parts[1])));
  const given = Buffer.from(verifier);
  return made.length === given.length && timingSafeEqual(made, given);
}
