import type { Release } from "../../delivery/release.ts";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { RunRow } from "../../store/runs.ts";
import type { Store } from "../../store/store.ts";
import type { Desk } from "../engine/ask.ts";

const looksBack = 200;

type Meant = {
  readonly id?: string | undefined;
  readonly environment?: string | undefined;
  /** Of which environments whoever asks may know. */
  readonly isSeen?: (environment: string) => boolean;
};

/** A release by its id, by how that begins, or the one that an environment is about: what is under way, else the newest. */
export async function findRelease(
  { runs, read: readRow }: Pick<Store, "runs"> & Pick<Desk, "read">,
  product: string,
  { id, environment, isSeen = () => true }: Meant,
): Promise<Release> {
  const read = (row: RunRow) => readRow(row) as Release;
  if (id !== undefined) {
    const exact = await runs.get(id);
    if (exact?.product === product && exact.kind === "release" && isSeen(exact.environment)) return read(exact);
  }
  const all = await runs.list(product, {
    kind: "release",
    limit: looksBack,
    ...(environment === undefined ? {} : { environment }),
  });
  const rows = all.filter((one) => isSeen(one.environment));
  const found = id === undefined ? rows : rows.filter((one) => one.id.startsWith(id));
  const [first, second] = found;
  if (first === undefined)
    throw new UserError(
      "unknown-run",
      id === undefined
        ? `nothing was released${environment === undefined ? "" : ` to ${environment}`} yet`
        : `there is no release ${shown(id)}`,
      {
        hint: id === undefined ? "gantry release <service> --to <env>" : "gantry rollout list shows those there are",
      },
    );
  if (id !== undefined && second !== undefined)
    throw new UserError("unknown-run", `${shown(id)} begins the names of several releases`, {
      hint: `as ${first.id} and ${second.id}: say more of it`,
    });
  if (id !== undefined) return read(first);
  return read(found.find((one) => one.endedAt === null && one.exclusive) ?? found.find((one) => one.endedAt === null) ?? first);
}
