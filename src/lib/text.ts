/** `1 problem`, `2 problems`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** A value as it would be written in a spec, short enough for one line of a message. */
export function shown(value: unknown, most = 60): string {
  const oneLine = printable(value === undefined ? "nothing" : written(value));
  return oneLine.length <= most ? oneLine : `${oneLine.slice(0, most - 1)}…`;
}

/** JSON, or the kind of a value that has none. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value === "bigint" ? String(value) : Array.isArray(value) ? "a list" : "an object";
  }
}

/** The same for text of several lines; those after the first are indented. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n    ");
}

/** Text from outside made safe for a terminal: no control characters, so no escape sequences. */
export function printable(text: string): string {
  return replaceControls(text, escapeOf);
}

/** Characters that nobody sees, and that change how the rest is read: controls, line separators, changes of direction. */
export function replaceControls(text: string, by: (character: string) => string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this finds
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, by);
}

/** `\u001b` */
export function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
