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
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
}
