import type { RunWrite } from "../../store/runs.ts";
import type { Store } from "../../store/store.ts";
import { createBatch } from "./batch.ts";

/** `lost`: it is somebody else's. `refused`: another has the environment. */
export type Written = { readonly is: "written" | "lost" | "refused" } | { readonly is: "failed"; readonly error: unknown };

const most = 500;
const uniqueViolation = "23505";
/** Classes of what is the server's own affair: connections, resources, its end, its disks. */
const serversOwn = new Set(["08", "53", "57", "58"]);
/** Nothing of it was done, and it was nobody's mistake. */
const again = new Set(["40P01", "40001"]);

/** Writes what looks have come to, many at a time; one that cannot be written keeps none of the others from it. */
export function createWriter(store: Pick<Store, "runs">, owner: string, leaseMs: number): (write: RunWrite) => Promise<Written> {
  const attempt = async (writes: readonly RunWrite[]): Promise<readonly Written[]> => {
    try {
      const written = await store.runs.write(owner, leaseMs, writes);
      return writes.map(({ id }) => ({ is: written.has(id) ? "written" : "lost" }));
    } catch (error) {
      const { code = "", constraint } = error as { readonly code?: string; readonly constraint?: string };
      if (again.has(code)) return attempt(writes);
      // A server that went away says nothing about what was to be written.
      if (!/^[0-9A-Z]{5}$/.test(code) || serversOwn.has(code.slice(0, 2))) throw error;
      if (writes.length === 1)
        return [code === uniqueViolation && constraint === "run_alone" ? { is: "refused" } : { is: "failed", error }];
      // Something is wrong with one of them (class 22: what is in it), not with the server.
      if (code !== uniqueViolation && !code.startsWith("22")) throw error;
      const half = writes.length >> 1;
      return [...(await attempt(writes.slice(0, half))), ...(await attempt(writes.slice(half)))];
    }
  };
  return createBatch(attempt, most);
}
