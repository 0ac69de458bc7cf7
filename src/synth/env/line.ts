/**
 * A line of an `.env` file, as compose, dotenv and Vite read it: in single quotes nothing is expanded. What holds a single quote stands in
 * double ones, with the rest of what they expand escaped.
 */
export function envLine(name: string, value: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]*$/.test(value)) return `${name}=${value}`;
  if (!value.includes("'")) return `${name}='${value}'`;
  return `${name}="${value.replace(/[\\"$]/g, (one) => `\\${one}`)}"`;
}
