import type { WriteStream } from "node:tty";

type Paint = (text: string) => string;
export type Colours = {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
};

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

/** Colours for a stream: off where it is no terminal, where NO_COLOR is set, or TERM is dumb; forced by FORCE_COLOR. */
export function coloursFor(stream: Pick<WriteStream, "isTTY">, env: NodeJS.ProcessEnv = process.env): Colours {
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "";
  const on = forced || (stream.isTTY && !env["NO_COLOR"] && env["TERM"] !== "dumb");
  const paint = (name: keyof typeof codes): Paint => {
    const [open, close] = codes[name];
    return on ? (text) => `\u001b[${open}m${text}\u001b[${close}m` : (text) => text;
  };
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    cyan: paint("cyan"),
  };
}
