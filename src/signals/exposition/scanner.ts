/** Why a line could not be read, and at which character of it. */
export class Unreadable extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const namePattern = /[A-Za-z_:][\w:]*/y;
const numberPattern = /[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)(?![^\s#])/iy;

/** Reads a line from left to right. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  blanks(): boolean {
    const before = this.at;
    while (this.peek() === " " || this.peek() === "\t") this.at += 1;
    return this.at > before;
  }

  /** Goes past the character, when it is next. */
  past(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  expect(character: string, where: string): void {
    if (!this.past(character)) this.fail(`${JSON.stringify(character)} is missing ${where}`);
  }

  name(): string | undefined {
    return this.match(namePattern);
  }

  number(): number | undefined {
    const text = this.match(numberPattern)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text.endsWith("nan")) return NaN;
    if (text.includes("inf")) return text.startsWith("-") ? -Infinity : Infinity;
    return Number(text);
  }

  /** Goes to the end of a quoted text, without reading what it means. */
  skipQuoted(): void {
    const from = this.at;
    this.expect('"', "here");
    for (;;) {
      const end = this.text.indexOf('"', this.at);
      if (end < 0) this.fail("a quoted text does not end", from);
      let slashes = 0;
      while (this.text.charAt(end - 1 - slashes) === "\\") slashes += 1;
      this.at = end + 1;
      if (slashes % 2 === 0) return;
    }
  }

  quoted(): string {
    const from = this.at + 1;
    this.skipQuoted();
    const text = this.text.slice(from, this.at - 1);
    // What else stands behind a backslash stays as it is, as with Prometheus.
    return text.includes("\\") ? text.replaceAll(/\\([\\n"])/g, (_, one: string) => (one === "n" ? "\n" : one)) : text;
  }

  fail(message: string, at = this.at): never {
    throw new Unreadable(message, at);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
