import type { Migration } from "../migration.ts";
import { openOf, refuseChanged, upTo } from "./apply.ts";
import { type Back, goingBack } from "./down.ts";
import { refuseOtherHistory } from "./histories.ts";
import { appliedMigrations } from "./records.ts";
import { type Planned, asReadOnly, plannedOf } from "./status.ts";

/** What `up` would do now. The database itself sees to it that nothing is changed by asking. */
export async function planUp(
  url: string,
  migrations: readonly Migration[],
  { to }: { readonly to?: string | undefined } = {},
): Promise<readonly Planned[]> {
  const wanted = upTo(migrations, to);
  return asReadOnly(url, async (client) => {
    const applied = await appliedMigrations(client);
    refuseChanged(wanted, applied);
    const open = openOf(wanted, applied);
    if (applied.length === 0 && open.length > 0) await refuseOtherHistory(client);
    return plannedOf(open);
  });
}

/** What `down` would do now. */
export async function planDown(url: string, migrations: readonly Migration[], back: Back): Promise<readonly Planned[]> {
  return asReadOnly(url, async (client) => {
    const { going } = await goingBack(client, migrations, back);
    return plannedOf(going.map(({ name, down }) => ({ name, up: down })));
  });
}
