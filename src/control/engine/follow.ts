import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "../../delivery/machine.ts";
import type { Store } from "../../store/store.ts";

export type Change = { readonly run: Run; readonly version: number; readonly ended: boolean };

const pollMs = 1_000;

/** Where a run stands, again after each change, until it has ended. Of several changes at once only the last is seen. */
export async function* followRun(
  store: Pick<Store, "runs" | "bell">,
  id: string,
  { upcast, signal }: { readonly upcast: (kind: string, stored: unknown) => Run; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Change> {
  let bell = new AbortController();
  const off = store.bell.on((heard) => {
    if (heard === undefined || (heard.what === "changed" && heard.id === id)) bell.abort();
  });
  try {
    let seen = -1;
    for (;;) {
      if (signal?.aborted === true) return;
      bell = new AbortController();
      const row = await store.runs.get(id);
      if (row === undefined) return;
      const [version, ended] = [Number(row.version), row.endedAt !== null];
      if (version !== seen) {
        yield { run: upcast(row.kind, row.data), version, ended };
        seen = version;
        if (ended) return;
        continue;
      }
      await sleep(pollMs, undefined, { signal: AbortSignal.any([bell.signal, ...(signal ? [signal] : [])]) }).catch(() => {});
    }
  } finally {
    off();
  }
}
