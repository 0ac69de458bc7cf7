import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** Something in the control database wants to be looked at; nothing, when whatever was said meanwhile may have been missed. */
export type Heard = { readonly what: "wanted" | "changed" | "answered" | "scheduled" | "event"; readonly id: string } | undefined;

export type Bell = {
  /** Calls back until it is told to stop. Nobody may rely on hearing everything: a poll stands behind whatever hears. */
  readonly on: (hear: (heard: Heard) => void) => () => void;
  readonly close: () => Promise<void>;
};

const channel = "gantry_run";
const retryMs = 200;

/** NOTIFY of the control database, over one connection that is opened when somebody listens, and again when it is lost. */
export function createBell(connectionString: string): Bell {
  const listeners = new Set<(heard: Heard) => void>();
  const closing = new AbortController();
  let open: Client | undefined;
  let running: Promise<void> | undefined;
  const tell = (heard: Heard): void => listeners.forEach((hear) => hear(heard));

  const listen = async (): Promise<void> => {
    const client = new Client({ connectionString, application_name: "gantry bell", keepAlive: true });
    const lost = new Promise<void>((resolve) => {
      client.on("error", () => resolve());
      client.on("end", () => resolve());
    });
    client.on("notification", ({ payload = "" }) => {
      const [what, ...ids] = payload.split("\n");
      if (what === "wanted" || what === "changed" || what === "answered" || what === "scheduled")
        for (const id of ids) tell({ what, id });
      if (what === "event") tell({ what, id: "" });
    });
    try {
      await client.connect();
      open = client;
      await client.query(`listen ${channel}`);
      tell(undefined);
      await lost;
    } finally {
      open = undefined;
      await client.end().catch(() => {});
    }
  };
  const keepListening = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await listen().catch(() => {});
      await sleep(retryMs, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  };

  return {
    on(hear) {
      listeners.add(hear);
      running ??= keepListening();
      return () => void listeners.delete(hear);
    },
    async close() {
      closing.abort();
      listeners.clear();
      await open?.end().catch(() => {});
      await running;
    },
  };
}
