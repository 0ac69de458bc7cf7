import { StringDecoder } from "node:string_decoder";
import { createSecretFinder, masked } from "./masked.ts";
import { secretForms } from "./secret-forms.ts";

const mostCharacters = 16 * 1_024;

/** Cuts what a process writes into lines, and takes the secrets out of them before anybody sees one. */
export type LineMasker = {
  /** The lines that this chunk brought to an end. */
  push(chunk: Buffer): readonly string[];
  /** What stands in the last line, which nobody ended. */
  end(): readonly string[];
};

export function createLineMasker(secrets: readonly string[]): LineMasker {
  const forms = secretForms(secrets);
  const find = createSecretFinder(forms);
  // A line is kept a little beyond where it is cut, so that a secret across the cut is recognised.
  const most = mostCharacters + (forms[0]?.length ?? 0);
  const decoder = new StringDecoder("utf8");
  let begun = "";
  let dropped = 0;

  const add = (text: string): void => {
    const room = most - begun.length;
    begun += text.length <= room ? text : text.slice(0, room);
    dropped += Math.max(0, text.length - room);
  };

  const finish = (): string => {
    const length = begun.length + dropped;
    const text = dropped === 0 && begun.endsWith("\r") ? begun.slice(0, -1) : begun;
    begun = "";
    dropped = 0;
    return length <= mostCharacters
      ? masked(text, find)
      : `${masked(text, find, mostCharacters)} … (cut: the line has ${length} characters)`;
  };

  const take = (text: string): readonly string[] => {
    const lines: string[] = [];
    let from = 0;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
      add(text.slice(from, at));
      lines.push(finish());
      from = at + 1;
    }
    add(text.slice(from));
    return lines;
  };

  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      const lines = take(decoder.end());
      return begun === "" && dropped === 0 ? lines : [...lines, finish()];
    },
  };
}
