import { printable } from "../lib/text.ts";
import type { Given } from "./command.ts";

/** What is under way, told on standard error while it is. */
export type UnderWay = {
  readonly step: (doing: string) => void;
  /** Takes the line away again: what came of it is told elsewhere. */
  readonly end: () => void;
};

type About = {
  /** Where nobody looks at a terminal, a line so often at most, and none before; none at all where it is not said. */
  readonly lineEveryMs?: number;
  readonly stream?: { readonly isTTY?: boolean; readonly columns?: number };
};

const usualColumns = 80;

/** On a terminal a line that the next takes the place of; elsewhere lines now and then, as a log bears them; nothing for programs. */
export function createUnderWay(
  { err, options, colours }: Pick<Given, "err" | "options" | "colours">,
  { lineEveryMs = Infinity, stream = process.stderr }: About = {},
): UnderWay {
  if (options["json"] === true) return { step: () => undefined, end: () => undefined };
  if (stream.isTTY === true) {
    let isShown = false;
    return {
      step(doing) {
        isShown = true;
        // A line that is wrapped could not be taken back as one.
        err(`\r\u001b[K${colours.dim(`  … ${printable(doing)}`.slice(0, (stream.columns || usualColumns) - 1))}`);
      },
      end() {
        if (isShown) err("\r\u001b[K");
        isShown = false;
      },
    };
  }
  let toldMs = performance.now();
  return {
    step(doing) {
      const now = performance.now();
      if (now - toldMs < lineEveryMs) return;
      toldMs = now;
      err(colours.dim(`  … ${printable(doing)}\n`));
    },
    end: () => undefined,
  };
}
