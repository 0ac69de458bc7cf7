import { Client } from "pg";
import { GantryError } from "../../../lib/errors.ts";
import { proveMigrations, type Proof, type ProveOptions } from "../../../migrations/proof/prove.ts";
import { kill, runningPostmaster } from "./postmaster.ts";
import { withThrowawayPostgres } from "./throwaway.ts";

export type ThrowawayProof = Omit<ProveOptions, "open" | "major"> & {
  /** The major version that is asked for. */
  readonly version: number | undefined;
  readonly signal: AbortSignal;
};

export type Proved = {
  readonly proof: Proof;
  readonly server: { readonly major: number; readonly embedded: boolean; readonly note?: string };
};

/** A proof on a server that is there for it alone. */
export async function proveOnThrowaway({ version, signal, ...options }: ThrowawayProof): Promise<Proved> {
  const interrupted = () => new GantryError("interrupted", "interrupted: nothing of the proof is left");
  options.onStep?.("a Postgres is started");
  const wanted = version === undefined ? {} : { wanted: version };
  return withThrowawayPostgres(wanted, async (server) => {
    if (signal.aborted) throw interrupted();
    // Whatever is being waited for ends with the server.
    const end = () => {
      const running = runningPostmaster(server.dataFolder);
      if (running) kill(running.pid, "SIGQUIT");
    };
    signal.addEventListener("abort", end, { once: true });
    const clients: Client[] = [];
    const open = async () => {
      const client = new Client({ connectionString: server.superuserUrl(), application_name: "gantry" });
      client.on("error", () => undefined);
      clients.push(client);
      await client.connect();
      return client;
    };
    try {
      const proof = await proveMigrations({ ...options, open, major: server.major });
      const { major, embedded, note } = server;
      return { proof, server: { major, embedded, ...(note === undefined ? {} : { note }) } };
    } catch (error) {
      throw signal.aborted ? interrupted() : error;
    } finally {
      signal.removeEventListener("abort", end);
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    }
  });
}
