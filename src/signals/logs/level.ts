export const levels = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof levels)[number];

const words: Readonly<Record<string, Level>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  information: "info",
  notice: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
  critical: "error",
  fatal: "error",
  emergency: "error",
  alert: "error",
};

export function levelOfWord(word: string): Level | undefined {
  const key = word.slice(0, 20).toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** OpenTelemetry's severity numbers: four to a level, from trace (1) to fatal (24). */
export function levelOfNumber(number: number): Level {
  return number < 9 ? "debug" : number < 13 ? "info" : number < 17 ? "warn" : "error";
}

/** Pino and Bunyan write 10, 20 … 60. */
function levelOfTens(number: number): Level {
  return number < 30 ? "debug" : number < 40 ? "info" : number < 50 ? "warn" : "error";
}

const field = /"(?:level|severity|levelname|log\.level|lvl)"\s*:\s*(?:"([A-Za-z]+)"|(\d+))/;
const names = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL";
/** Behind nothing but a time and brackets, in capitals; or the first word of all, with a colon or in brackets. */
const shouted = new RegExp(`^(?:[^A-Za-z]|T(?=\\d)|Z\\b){0,40}(${names})\\b`);
const said = new RegExp(`^(?:\\[(${names})\\]|(${names}):)`, "i");

/** The level of a line as services write them: a field of its JSON, or a word at its beginning. Undefined where it says none. */
export function levelOfLine(line: string): Level | undefined {
  const head = line.slice(0, 2_000);
  const found = head.startsWith("{") ? field.exec(head) : undefined;
  if (found?.[1] !== undefined) return levelOfWord(found[1]);
  if (found?.[2] !== undefined) return levelOfTens(Number(found[2]));
  if (head.startsWith("{")) return undefined;
  const word =
    shouted.exec(head)?.[1] ??
    said
      .exec(head)
      ?.slice(1)
      .find((one) => one !== undefined);
  return word === undefined ? undefined : levelOfWord(word);
}

export function atLeast(level: Level, least: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(least);
}
