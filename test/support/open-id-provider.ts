import { generateKeyPairSync, sign } from "node:crypto";
import { type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

// A certified OpenID provider on a port of this machine, with pages of its own on which anybody is whom they say.

export type Account = Readonly<Record<string, unknown>>;
export type Json = Readonly<Record<string, unknown>>;

export type OpenIdProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it says instead of what is true, from now on: of the id token, of what it sends back, of what it knows of somebody. */
  lie(lies: Lies): void;
  /** How often somebody came to redeem a code. */
  redeemed(): number;
  close(): Promise<void>;
};

export type Lies = {
  readonly idToken?: (claims: Json) => Json;
  /** Signed by a key that nobody has published. */
  readonly strangeKey?: boolean;
  readonly userInfo?: (claims: Json) => Json;
};

const [clientId, clientSecret] = ["gantry-console", "a secret: of + the % client & nobody else"];

export async function startOpenIdProvider(
  redirectUri: string,
  { accounts, inToken = false }: { readonly accounts: Readonly<Record<string, Account>>; readonly inToken?: boolean },
): Promise<OpenIdProvider> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" }] },
    cookies: { keys: ["only of this test"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    // Where it is off, what a scope asks for stands in the id token, as most issuers have it.
    conformIdTokenClaims: !inToken,
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    findAccount: (_: unknown, id: string) =>
      accounts[id] === undefined ? undefined : { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  });
  let lies: Lies = {};
  let redeemed = 0;
  provider.use(async (context, next) => {
    if (context.path === "/token") redeemed += 1;
    await next();
    if (context.status !== 200) return;
    if (context.path === "/token" && (lies.idToken !== undefined || lies.strangeKey === true)) {
      const body = context.body as { readonly id_token: string };
      const claims = JSON.parse(Buffer.from(body.id_token.split(".")[1] ?? "", "base64url").toString()) as Json;
      const said = lies.idToken?.(claims) ?? claims;
      context.body = { ...body, id_token: signed(said, lies.strangeKey === true ? stranger : privateKey) };
    }
    if (context.path === "/me" && lies.userInfo !== undefined) context.body = lies.userInfo(context.body as Json);
  });
  answer = provider.callback();
  return {
    issuer,
    clientId,
    clientSecret,
    redeemed: () => redeemed,
    lie: (more) => (lies = more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function signed(claims: Json, key: typeof privateKey): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "ES256", kid: "one", typ: "JWT" })}.${part(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  }
}
