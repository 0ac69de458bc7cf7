import type { Store } from "../../store/store.ts";
import type { ScheduleView } from "../../wire/up.ts";

/** What happens at set times, of a product or of one of its environments. */
export async function scheduleViews(
  { schedules }: Pick<Store, "schedules">,
  product: string,
  environment: string | undefined,
): Promise<readonly ScheduleView[]> {
  const rows = await schedules.list(product, environment);
  return rows.map(({ environment, name, kind, cron, missed, nextAt, last }) => ({
    environment,
    name,
    kind,
    cron,
    missed: missed === "last" ? "catch up" : "skip",
    next: nextAt.toISOString(),
    ...(last === null ? {} : { last: { ...last, due: new Date(last.due).toISOString(), because: last.because ?? "" } }),
  }));
}
