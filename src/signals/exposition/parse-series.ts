import type { Labels } from "../series.ts";
import { Scanner, Unreadable } from "./scanner.ts";

export type SeriesText = { readonly ok: true; readonly labels: Labels } | { readonly ok: false; readonly message: string };

/** The labels of `name{a="b"}`, of `{"any name",a="b"}`, and of labels whose names are quoted. */
export function parseSeries(text: string, mostLabels = 64): SeriesText {
  try {
    const scanner = new Scanner(text);
    const labels = labelsOf(scanner, mostLabels);
    if (!scanner.done) scanner.fail("there is more behind the labels");
    return { ok: true, labels };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, message: `${error.message} (character ${error.at + 1})` };
    throw error;
  }
}

/** Goes past a series without reading what its labels are. */
export function skipSeries(scanner: Scanner): void {
  const named = scanner.name() !== undefined;
  scanner.blanks();
  if (scanner.peek() !== "{") {
    if (!named) scanner.fail("a line begins with the name of a metric");
    return;
  }
  const from = scanner.at;
  const { text } = scanner;
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7d) {
      scanner.at = at + 1;
      return;
    }
    if (code === 0x22) {
      scanner.at = at;
      scanner.skipQuoted();
      at = scanner.at - 1;
    }
  }
  scanner.fail("the labels have no end", from);
}

function labelsOf(scanner: Scanner, most: number): Labels {
  let name = scanner.name();
  const found = new Map<string, string>();
  scanner.blanks();
  if (scanner.past("{")) {
    for (scanner.blanks(); !scanner.past("}"); scanner.blanks()) {
      const at = scanner.at;
      const quoted = scanner.peek() === '"';
      const label = quoted ? scanner.quoted() : scanner.name();
      scanner.blanks();
      if (quoted && (scanner.peek() === "," || scanner.peek() === "}")) {
        if (name !== undefined || label === undefined || label === "") scanner.fail("a metric has one name", at);
        name = label;
      } else {
        if (label === undefined || label === "" || (!quoted && label.includes(":")))
          scanner.fail("this is no name of a label", at);
        if (found.has(label) || label === "__name__")
          scanner.fail(`the label ${JSON.stringify(label.slice(0, 60))} is there twice`, at);
        scanner.expect("=", "behind the name of a label");
        scanner.blanks();
        if (scanner.peek() !== '"') scanner.fail("the value of a label stands in quotes");
        found.set(label, scanner.quoted());
        if (found.size > most) scanner.fail(`a series has at most ${most} labels`, at);
        scanner.blanks();
      }
      if (scanner.peek() !== "}") scanner.expect(",", "between labels");
    }
  }
  if (name === undefined) scanner.fail("the series has no name");
  scanner.blanks();
  return Object.fromEntries([["__name__", name], ...found]);
}
