import type { QueryResultRow } from "pg";

/** A query that waits for a server which is being started again. */
export type Query = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
