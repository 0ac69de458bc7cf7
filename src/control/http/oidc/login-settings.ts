import { readFileSync } from "node:fs";
import { UserError } from "../../../lib/errors.ts";
import { isLoopback } from "../../../lib/loopback.ts";

/** By whom people are known to a server that several use, as its environment says it. */
export type LoginSettings = {
  readonly issuer: string;
  /** As people call it. */
  readonly name: string;
  readonly clientId: string;
  /** None for a client that has none: PKCE stands for it. */
  readonly clientSecret: string | undefined;
  /** Which of its claims is who somebody is. */
  readonly claim: "email" | "sub";
};

export function loginSettingsIn(env: NodeJS.ProcessEnv): LoginSettings | undefined {
  const said = (name: string): string | undefined => {
    const value = env[`GANTRY_LOGIN_${name}`]?.trim();
    return value === "" ? undefined : value;
  };
  const [issuer, clientId, claim = "email"] = [said("ISSUER"), said("CLIENT_ID"), said("CLAIM")];
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || clientId === undefined)
    throw wrong("who is logged in by whom is said by both", "GANTRY_LOGIN_ISSUER and GANTRY_LOGIN_CLIENT_ID");
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === undefined || !isSafe || url.search !== "" || url.hash !== "" || url.username !== "")
    throw wrong(
      "GANTRY_LOGIN_ISSUER is no issuer of OpenID Connect",
      "as https://accounts.google.com; http only on this machine",
    );
  if (claim !== "email" && claim !== "sub") throw wrong("GANTRY_LOGIN_CLAIM is neither", "email (one that was verified), or sub");
  return { issuer, name: said("NAME") ?? url.host, clientId, clientSecret: secretIn(said), claim };
}

function secretIn(said: (name: string) => string | undefined): string | undefined {
  const [secret, file] = [said("CLIENT_SECRET"), said("CLIENT_SECRET_FILE")];
  if (secret !== undefined || file === undefined) return secret;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(
      `what GANTRY_LOGIN_CLIENT_SECRET_FILE names cannot be read (${code ?? "?"})`,
      "a file that has the secret and nothing else",
    );
  }
}

function wrong(message: string, hint: string): UserError {
  return new UserError("usage", message, { hint });
}
