import type { Store } from "../../store/store.ts";
import type { NoticeView } from "../../wire/signals.ts";
import type { Notice } from "./notice.ts";

/** What people were told, and what became of it. */
export async function noticesOf(
  store: Pick<Store, "notices">,
  product: string,
  environment: string | undefined,
): Promise<readonly NoticeView[]> {
  const rows = await store.notices.list(product, environment === undefined ? {} : { environment });
  return rows.map((row) => {
    const body = row.body as Notice;
    return {
      id: row.id,
      environment: row.environment,
      channel: row.channel,
      status: body.status,
      title: body.title,
      state: row.state,
      attempts: row.attempts,
      ...(row.problem === null ? {} : { problem: row.problem }),
      createdAt: row.createdAt.toISOString(),
      ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
    };
  });
}
