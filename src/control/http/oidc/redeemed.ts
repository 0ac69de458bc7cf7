import { IssuerSaysNo, type Json, askIssuer, endpointIn } from "./ask-issuer.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import { LoginRefused } from "./login-refused.ts";
import type { LoginSettings } from "./login-settings.ts";
import { claimsOf, partsOf } from "./verify.ts";

type Asked = {
  readonly settings: LoginSettings;
  readonly configuration: Json;
  readonly redirectUri: string;
  readonly keys: IssuerKeys;
  readonly nowMs: () => number;
};

type CameBack = { readonly code: string; readonly verifier: string; readonly nonce: string };

/** The name of whoever a code stands for, as the roles of the specs have it. */
export async function redeemed(asked: Asked, cameBack: CameBack): Promise<string> {
  const { settings } = asked;
  const tokens = await tokensFor(asked, cameBack);
  const payload = await believed(asked, tokens["id_token"], cameBack.nonce);
  // What is not its own and might read as a pipeline's name is set apart.
  if (settings.claim === "sub") return `login:${String(payload["sub"])}`;
  const { email, email_verified: isVerified } = payload["email"] === undefined ? await userInfo(asked, tokens, payload) : payload;
  if (typeof email !== "string" || !/^[^\s@:/*]{1,64}@[a-z0-9.-]{1,250}$/i.test(email) || !/^[\x21-\x7e]+$/.test(email))
    throw new LoginRefused("unverified", "no address came with the login");
  if (isVerified !== true) throw new LoginRefused("unverified", "the address that came with the login was not verified");
  return email.toLowerCase();
}

async function tokensFor({ settings, configuration, redirectUri }: Asked, { code, verifier }: CameBack): Promise<Json> {
  const { issuer, clientId, clientSecret: secret } = settings;
  const methods = configuration["token_endpoint_auth_methods_supported"];
  const onlyInBody = Array.isArray(methods) && !methods.includes("client_secret_basic") && methods.includes("client_secret_post");
  const inBody = secret === undefined || onlyInBody;
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...(inBody ? { client_id: clientId } : {}),
    ...(inBody && secret !== undefined ? { client_secret: secret } : {}),
  });
  const headers = inBody
    ? {}
    : { authorization: `Basic ${Buffer.from(`${formed(clientId)}:${formed(secret)}`).toString("base64")}` };
  try {
    return await askIssuer(endpointIn(configuration, issuer, "token_endpoint"), { form, headers });
  } catch (error) {
    throw error instanceof IssuerSaysNo ? new LoginRefused("failed", error.message) : error;
  }
}

/** As RFC 6749 has it in 2.3.1: the two are written as a form would before they are put together. */
function formed(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

async function believed({ settings, keys, nowMs }: Asked, token: unknown, nonce: string): Promise<Json> {
  const { issuer, clientId: audience } = settings;
  const parts = typeof token === "string" ? partsOf(token) : undefined;
  const claims = parts && claimsOf(parts, { issuer, audience, keys: await keys.of(issuer, parts.kid), nowMs: nowMs() });
  if (claims === undefined) throw new LoginRefused("not-believed", "the id token does not hold");
  const { payload } = claims;
  const isOurs =
    payload["azp"] === undefined ? !(Array.isArray(payload["aud"]) && payload["aud"].length > 1) : payload["azp"] === audience;
  if (payload["nonce"] !== nonce || !isOurs) throw new LoginRefused("not-believed", "the id token belongs to another login");
  return payload;
}

/** What the issuer says only when it is asked for (OpenID Connect Core 1.0, 5.3); of nobody else than the token is about. */
async function userInfo({ settings, configuration }: Asked, tokens: Json, { sub }: Json): Promise<Json> {
  const access = tokens["access_token"];
  if (configuration["userinfo_endpoint"] === undefined || typeof access !== "string") return {};
  const at = endpointIn(configuration, settings.issuer, "userinfo_endpoint");
  const said = await askIssuer(at, { headers: { authorization: `Bearer ${access}` } });
  if (said["sub"] !== sub) throw new LoginRefused("not-believed", "what the issuer says is about somebody else");
  return said;
}
