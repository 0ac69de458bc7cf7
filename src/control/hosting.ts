import { Client } from "pg";
import { ConflictError, UserError } from "../lib/errors.ts";

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

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

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
  if (!loopback.has(bare) && url?.protocol !== "https:")
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

/** Another number than those of migrations and of the feed. */
const lockNumber = 7241;

/**
 * One server moves what is in a database that others can reach, too: runs belong to the machine whose agent has their replicas. The lock
 * is its connection's, and goes with it.
 */
export async function haveAlone(database: string, onLost: () => void): Promise<void> {
  const client = new Client({ connectionString: database, application_name: "gantry server", keepAlive: true });
  client.on("error", onLost);
  await client.connect();
  const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [lockNumber]);
  if (rows[0]?.got === true) return;
  client.off("error", onLost);
  await client.end();
  throw new ConflictError("held-elsewhere", "another gantry server has this database", {
    hint: "end that one, or take another database",
  });
}
