import { UserError } from "../lib/errors.ts";
import { isLoopback } from "../lib/loopback.ts";

/** Where a server is reached, and what it keeps its log in, where that is not as on a laptop. */
export type Hosting = {
  readonly host: string;
  /** Else one of this machine's that is free, the same as the last time where it can be. */
  readonly port: number | undefined;
  /** As people and programs elsewhere call it. */
  readonly url: URL | undefined;
  /** A Postgres that is not ours to start. */
  readonly database: string | undefined;
};

/** What `gantry server` has said to the process that it started. */
export function hostingIn(env: NodeJS.ProcessEnv): Hosting {
  return hostingOf({
    listen: env["GANTRY_SERVER_LISTEN"],
    url: env["GANTRY_SERVER_URL"],
    database: env["GANTRY_SERVER_DATABASE"],
  });
}

export function hostingOf(said: {
  readonly listen: string | undefined;
  readonly url: string | undefined;
  readonly database: string | undefined;
}): Hosting {
  const [, host = "127.0.0.1", port] = /^(?:(\[[0-9a-f:]+\]|[\w.-]+):)?(\d{1,5})$/i.exec(said.listen ?? "") ?? [];
  if (said.listen !== undefined && (port === undefined || Number(port) > 65_535 || Number(port) === 0))
    throw new UserError("usage", `${JSON.stringify(said.listen.slice(0, 100))} is no address to listen at`, {
      hint: "as 127.0.0.1:4000",
    });
  const url = said.url === undefined ? undefined : parsedUrl(said.url);
  const bare = host.replace(/^\[|\]$/g, "");
  if (!isLoopback(bare) && url?.protocol !== "https:")
    throw new UserError("usage", `${bare} can be reached from elsewhere, and nothing says that it is by TLS`, {
      hint: "--url https://…, and a proxy in front that ends TLS; or listen at 127.0.0.1",
    });
  return { host: bare, port: port === undefined ? undefined : Number(port), url, database: said.database };
}

function parsedUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol) && url.pathname === "/" && url.username === "" && url.search === "") return url;
  } catch {
    // Said below.
  }
  throw new UserError("usage", `${JSON.stringify(text.slice(0, 200))} is no address of a server`, {
    hint: "as https://gantry.example.com",
  });
}
