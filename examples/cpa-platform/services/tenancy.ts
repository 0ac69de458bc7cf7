import type { Database, Queries } from "../../shared/database.ts";
import { counter } from "../../shared/metrics.ts";

const violations = counter("rls_violations_total", "Writes that row-level security refused.", [{}]);

/** Does `work` for one firm: row-level security lets it see that firm's rows only. */
export async function asTenant<T>(db: Database, tenantId: string, work: (queries: Queries) => Promise<T>): Promise<T> {
  try {
    return await db.transaction(async (queries) => {
      // "true": for this transaction only. The next one on this connection begins with nobody's rights.
      await queries.rows("select set_config('app.tenant_id', $1, true)", [tenantId]);
      return work(queries);
    });
  } catch (error) {
    if (error instanceof Error && error.message.includes("row-level security")) violations();
    throw error;
  }
}
