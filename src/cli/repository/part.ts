// A part of a file that otherwise belongs to people: the text between two marks in it.

type Marks = { readonly begin: string; readonly end: string };

function marksOf(path: string): Marks {
  return path.endsWith(".md")
    ? { begin: "<!-- gantry: begin (written by `gantry synth`) -->", end: "<!-- gantry: end -->" }
    : { begin: "# gantry: begin (written by `gantry synth`)", end: "# gantry: end" };
}

/** What stands between the marks; undefined where there are none. */
export function partOf(path: string, whole: string): string | undefined {
  const found = cut(path, whole);
  return found === "open" ? undefined : found?.part;
}

/** Whether the mark at its end is gone. */
export function isOpen(path: string, whole: string): boolean {
  return cut(path, whole) === "open";
}

/** The file with the part in it: where it was, or at the end. */
export function withPart(path: string, whole: string, part: string): string {
  const { begin, end } = marksOf(path);
  const written = `${begin}\n${part}${end}\n`;
  const found = cut(path, whole);
  if (found === "open") return whole;
  if (found) return `${found.before}${written}${found.after}`;
  if (whole === "") return written;
  return `${whole}${whole.endsWith("\n") ? "" : "\n"}\n${written}`;
}

/** The file without the part, or with it as if a person had written it. */
export function withoutPart(path: string, whole: string, instead = ""): string {
  const found = cut(path, whole);
  if (found === undefined || found === "open") return whole;
  if (instead === "") return `${found.before.replace(/\n\n$/, "\n")}${found.after}`;
  return `${found.before}${instead}${found.after}`;
}

/** Open where the mark at its end is gone: then nobody knows whose the rest is. */
function cut(path: string, whole: string): { before: string; part: string; after: string } | "open" | undefined {
  const { begin, end } = marksOf(path);
  const lines = whole.split("\n");
  // An editor or a checkout may have ended the lines in another way.
  const bare = lines.map((line) => line.replace(/\r$/, ""));
  const from = bare.indexOf(begin);
  if (from < 0) return undefined;
  const to = bare.indexOf(end, from);
  if (to < 0) return "open";
  const text = (some: readonly string[]) => some.map((line) => `${line}\n`).join("");
  return { before: text(lines.slice(0, from)), part: text(lines.slice(from + 1, to)), after: lines.slice(to + 1).join("\n") };
}
