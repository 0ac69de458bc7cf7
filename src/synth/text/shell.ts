import { replaceControls } from "../../lib/text.ts";

/** One word of a shell's command line, whatever is in it. */
export function word(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Text inside double quotes, where variables of ours stand beside it: nothing in it is one itself. */
export function inDoubleQuotes(text: string): string {
  return text.replace(/[\\"$`]/g, (one) => `\\${one}`);
}

/** Text for a comment: it stays on its line. */
export function inComment(text: string): string {
  return replaceControls(text, () => " ");
}
