/** Classes and codes of Postgres (https://www.postgresql.org/docs/current/errcodes-appendix.html) and of the network. */
const codes = /^(?:08\w{3}|57P0[1-3]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN)$/;
/** What node-postgres throws of its own, without a code. */
const messages = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether the database was not there, or went away: nothing is wrong with what was asked. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return codes.test(String(code)) || (code === undefined && messages.test(String(message)));
}
