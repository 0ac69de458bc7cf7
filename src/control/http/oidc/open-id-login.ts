import { createHash, randomBytes } from "node:crypto";
import type { Store } from "../../../store/store.ts";
import { type Json, configurationOf, endpointIn } from "./ask-issuer.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import { LoginRefused } from "./login-refused.ts";
import type { LoginSettings } from "./login-settings.ts";
import { redeemed } from "./redeemed.ts";

// A person is known by an issuer of OpenID Connect: authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9700).
//
// 1. What comes back is taken once, within ten minutes, and only from the browser that was sent: its cookie and `state` together find the row.
// 2. A code is exchanged with nobody but the issuer that was asked, and by nobody who has not the verifier, which no browser sees.
// 3. Nothing of an id token is believed unless its signature, issuer, audience, nonce and time hold.

const waitMs = 10 * 60_000;
const configurationMs = 3_600_000;

/** What is remembered of somebody who was sent away to log in. */
type OnTheWay = { readonly login: { readonly nonce: string; readonly verifier: string; readonly to: string } };

export type OpenIdLogin = {
  readonly settings: LoginSettings;
  /** Where the browser goes; `cookie` is what it has to bring back. */
  begin(to: string, cookie: string): Promise<string>;
  /** Who came back, and where to. */
  finish(query: URLSearchParams, cookie: string): Promise<{ readonly name: string; readonly to: string }>;
};

export type OpenIdParts = {
  readonly settings: LoginSettings;
  /** Where the issuer sends people back to. */
  readonly redirectUri: string;
  readonly sessions: Pick<Store["sessions"], "add" | "take">;
  readonly keys: IssuerKeys;
  readonly nowMs: () => number;
};

export function createOpenIdLogin({ settings, redirectUri, sessions, keys, nowMs }: OpenIdParts): OpenIdLogin {
  const { issuer, clientId, claim } = settings;
  let kept: { readonly atMs: number; readonly configuration: Promise<Json> } | undefined;
  const configurationNow = (): Promise<Json> => {
    if (kept !== undefined && nowMs() - kept.atMs < configurationMs) return kept.configuration;
    const configuration = configurationOf(issuer);
    kept = { atMs: nowMs(), configuration };
    configuration.catch(() => (kept = undefined));
    return configuration;
  };
  return {
    settings,
    async begin(to, cookie) {
      const [state, nonce, verifier] = [random(), random(), random()];
      const url = new URL(endpointIn(await configurationNow(), issuer, "authorization_endpoint"));
      const onTheWay: OnTheWay = { login: { nonce, verifier, to } };
      await sessions.add(rowOf(state, cookie), true, { who: onTheWay, forMs: waitMs });
      const asked = {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: claim === "email" ? "openid email" : "openid",
        state,
        nonce,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return url.href;
    },

    async finish(query, cookie) {
      const taken = (await sessions.take(rowOf(query.get("state") ?? "", cookie))) as OnTheWay | undefined;
      if (taken === undefined) throw new LoginRefused("stale");
      const { nonce, verifier, to } = taken.login;
      const configuration = await configurationNow();
      // RFC 9207: who answers says who it is, where it can.
      const said = query.get("iss");
      const says = configuration["authorization_response_iss_parameter_supported"] === true;
      if (said === null ? says : said !== issuer) throw new LoginRefused("not-believed", "another issuer answered");
      const error = query.get("error");
      if (error === "access_denied") throw new LoginRefused("denied");
      if (error !== null)
        throw new LoginRefused("failed", /^[a-z_]{1,60}$/.test(error) ? `the issuer says ${error}` : "the issuer says no");
      const code = query.get("code") ?? "";
      if (code === "" || code.length > 4_096) throw new LoginRefused("failed", "no code came back");
      const name = await redeemed({ settings, configuration, redirectUri, keys, nowMs }, { code, verifier, nonce });
      return { name, to };
    },
  };
}

export function random(): string {
  return randomBytes(32).toString("base64url");
}

/** Of another kind than that of a link: what is known of the one finds nothing of the other. */
function rowOf(state: string, cookie: string): Buffer {
  return createHash("sha256").update(`login ${state} ${cookie}`).digest();
}
