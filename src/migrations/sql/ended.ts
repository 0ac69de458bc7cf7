/** A statement with its semicolon, which a comment at its end does not swallow; a name with two dashes in it costs a line more. */
export function ended(sql: string): string {
  if (sql.endsWith(";")) return sql;
  const lastLine = sql.slice(sql.lastIndexOf("\n") + 1);
  return lastLine.includes("--") ? `${sql}\n;` : `${sql};`;
}
