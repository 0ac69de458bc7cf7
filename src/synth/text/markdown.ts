// Markdown as GitHub reads it. Text of a spec is text here too: nothing in it becomes a link, a tag, a cell or a heading.

/** Text in a line. */
export function text(given: string): string {
  return oneLine(given)
    .replace(/[\\`*[\]<>|~$]/g, (one) => `\\${one}`)
    .replace(/&(?=#?[A-Za-z0-9]+;)/g, "&amp;")
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(
      /^(\s*)([#+-]|\d+[.)])(?=\s|$)/,
      (_, space: string, sign: string) => `${space}${sign.slice(0, -1)}\\${sign.slice(-1)}`,
    )
    .replace(/(#+)$/, "\\$1");
}

/** What a program reads: a name, a path, a command. */
export function code(given: string): string {
  const line = oneLine(given);
  const fence = "`".repeat(longest(line, /`+/g) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line.trim() === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Lines for a shell, or a diagram; a fence in them does not end the block. */
export function block(language: "sh" | "mermaid" | "text", lines: readonly string[]): string {
  const body = lines.join("\n");
  const fence = "`".repeat(Math.max(3, longest(body, /`+/g) + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

/** As most editors count: a character is a character, however many units it takes. */
function widthOf(text: string): number {
  return Array.from(text).length;
}

/** Cells are Markdown already, made with `text` and `code`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => widthOf(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "") + " ".repeat(width - widthOf(row[column] ?? ""))).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [line(first), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)].join("\n");
}

/** A pipe ends a cell even within code. */
function cell(markdown: string): string {
  return markdown.replace(/(?<!\\)\|/g, "\\|");
}

export function list(items: readonly string[]): string {
  return items.map((one) => `- ${one.replaceAll("\n", "\n  ")}`).join("\n");
}

export function link(label: string, path: string): string {
  const encoded = path.replace(/\p{Surrogate}/gu, "").replace(/[^A-Za-z0-9._~/#-]/gu, encodeURIComponent);
  return `[${text(label)}](${encoded.replace(/[!'()*]/g, (one) => `%${(one.codePointAt(0) ?? 0).toString(16).toUpperCase()}`)})`;
}

/** A page: its parts with an empty line between them. */
export function page(parts: readonly (string | undefined)[]): string {
  return `${parts.filter((one) => one !== undefined && one !== "").join("\n\n")}\n`;
}

export function heading(level: 1 | 2 | 3 | 4, title: string): string {
  return `${"#".repeat(level)} ${text(title)}`;
}

/** A label of a Mermaid node, in its quotes: what means something there stands as its number. */
export function mermaidLabel(lines: readonly string[]): string {
  return `"${lines.map((one) => oneLine(one).replace(/[^A-Za-z0-9 .,:/_+@–-]/gu, (sign) => `#${sign.codePointAt(0)};`)).join("<br/>")}"`;
}

function oneLine(given: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  return given.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
}

function longest(given: string, pattern: RegExp): number {
  return Math.max(0, ...[...given.matchAll(pattern)].map(([run]) => run.length));
}
