import type { Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { type Read, integer, list, object, text } from "../../shared/input.ts";
import { startWorkflow } from "./workflows.ts";

export type Invoice = {
  readonly id: string;
  readonly client: string;
  readonly state: "draft" | "sending" | "sent";
  readonly number: number | null;
  readonly totalCents: number;
};

const columns = `id, client, state, number, total_cents::float8 as "totalCents"`;
const line = object({
  text: text({ max: 200 }),
  quantity: integer({ min: 1, max: 10_000 }),
  unitCents: integer({ min: 1, max: 1_000_000_00 }),
});
export const newInvoice = object({ client: text({ max: 200 }), lines: list(line, { min: 1, max: 100 }) });

export async function draftInvoice(
  queries: Queries,
  tenantId: string,
  { client, lines }: Read<typeof newInvoice>,
): Promise<Invoice> {
  const total = lines.reduce((sum, one) => sum + one.quantity * one.unitCents, 0);
  const made = await queries.row<Invoice>(
    `insert into invoices (tenant_id, client, total_cents) values ($1, $2, $3) returning ${columns}`,
    [tenantId, client, total],
  );
  if (!made) throw new Error("no invoice came back");
  await queries.rows(
    `insert into invoice_lines (invoice_id, tenant_id, position, text, quantity, unit_cents)
     select $1, $2, l.position, l.text, l.quantity, l."unitCents"
     from jsonb_to_recordset($3) as l(position int, text text, quantity int, "unitCents" int)`,
    [made.id, tenantId, JSON.stringify(lines.map((one, index) => ({ ...one, position: index + 1 })))],
  );
  return made;
}

export function listInvoices(queries: Queries): Promise<Invoice[]> {
  return queries.rows(`select ${columns} from invoices order by created_at desc limit 50`);
}

export async function invoiceOf(queries: Queries, id: string): Promise<object> {
  const invoice = await queries.row<Invoice>(`select ${columns} from invoices where id::text = $1`, [id]);
  if (!invoice) throw new HttpError(404, "no-invoice", "you have no such invoice");
  const lines = await queries.rows(
    `select text, quantity, unit_cents as "unitCents" from invoice_lines where invoice_id = $1 order by position`,
    [invoice.id],
  );
  return { ...invoice, lines };
}

/** Sending is a workflow: once begun it is finished, whoever falls over meanwhile. */
export async function sendInvoice(queries: Queries, tenantId: string, id: string): Promise<Invoice> {
  const sending = await queries.row<Invoice>(
    `update invoices set state = 'sending' where id::text = $1 and state in ('draft', 'sending') returning ${columns}`,
    [id],
  );
  if (!sending) {
    await invoiceOf(queries, id);
    throw new HttpError(409, "sent", "this invoice was sent already");
  }
  await startWorkflow(queries, { tenantId, kind: "send invoice", subject: sending.id });
  return sending;
}
