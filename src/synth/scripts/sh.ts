import { word } from "../text/shell.ts";

/** A piece of a script. */
export type Shell = { readonly shell: string };

/**
 * A script as it stands: `\${name}` is the shell's, `${value}` is ours and becomes one word whatever is in it.
 * A piece of script goes in as it is.
 */
export function sh({ raw }: TemplateStringsArray, ...values: readonly (string | number | Shell)[]): Shell {
  const text = raw.map((part, index) => {
    const value = values[index];
    return part.replaceAll("\\${", "${").replaceAll("\\`", "`") + (value === undefined ? "" : inserted(value));
  });
  return { shell: text.join("").replace(/^\n/, "").replace(/\n *$/, "\n") };
}

function inserted(value: string | number | Shell): string {
  return typeof value === "object" ? value.shell.replace(/\n$/, "") : word(String(value));
}

/** Pieces one below the other, with an empty line between them. */
export function paragraphs(...pieces: readonly (Shell | undefined)[]): Shell {
  const texts = pieces.flatMap((piece) => (piece === undefined || piece.shell === "" ? [] : [piece.shell.replace(/\n$/, "")]));
  return { shell: texts.join("\n\n") };
}

/** Text that is shell already: a variable's name, a list of words. */
export function shell(text: string): Shell {
  return { shell: text };
}
