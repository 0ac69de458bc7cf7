// Reads protobuf (https://protobuf.dev/programming-guides/encoding/) by a description of the messages. What comes out has the names
// that the same message has in JSON, so that both are read by the same code from there on.

export type Kind = "text" | "hex" | "bytes" | "double" | "fixed64" | "sfixed64" | "fixed32" | "int64" | "bool";
export type Field = { readonly name: string; readonly kind: Kind | (() => Message); readonly many?: true };
/** Fields by their numbers. What is not described is skipped. */
export type Message = Readonly<Record<number, Field>>;
export type Loose = Readonly<Record<string, unknown>>;

export class BadMessage extends Error {}

const mostDeep = 32;
/** Each costs far more than its bytes: what is nothing but fields is not read. */
const mostFields = 4_000_000;

export function readProtobuf(bytes: Uint8Array, message: Message): Loose {
  const reader = new Reader(bytes);
  return reader.message(message, bytes.length, 0);
}

class Reader {
  private readonly bytes: Buffer;
  private readonly view: DataView;
  private at = 0;
  private fields = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  message(message: Message, end: number, depth: number): Loose {
    if (depth > mostDeep) throw new BadMessage(`messages lie more than ${mostDeep} deep in each other`);
    const found: Record<string, unknown> = {};
    while (this.at < end) {
      if (++this.fields > mostFields) throw new BadMessage(`there are more than ${mostFields} fields`);
      const tag = this.varint(end);
      const wire = tag % 8;
      const field = message[(tag - wire) / 8];
      if (!field) this.skip(wire, end);
      else if (field.many) this.more(field, wire, end, depth, (found[field.name] ??= []) as unknown[]);
      else found[field.name] = this.value(field.kind, wire, end, depth);
    }
    return found;
  }

  /** One more of a list, or several packed together. */
  private more({ kind }: Field, wire: number, end: number, depth: number, list: unknown[]): void {
    if (wire !== 2 || typeof kind === "function" || kind === "text" || kind === "bytes" || kind === "hex")
      list.push(this.value(kind, wire, end, depth));
    else {
      const until = this.length(end);
      while (this.at < until) list.push(this.value(kind, wireOf(kind), until, depth));
    }
  }

  private value(kind: Field["kind"], wire: number, end: number, depth: number): unknown {
    if (typeof kind === "function") {
      this.expect(wire, 2);
      return this.message(kind(), this.length(end), depth + 1);
    }
    this.expect(wire, wireOf(kind));
    switch (kind) {
      case "text":
        return this.text(end);
      case "hex":
        return hexOf(this.take(end));
      case "bytes":
        return this.take(end);
      case "double":
        return this.view.getFloat64(this.fixed(8, end), true);
      case "fixed64":
      case "sfixed64": {
        const at = this.fixed(8, end);
        const high = kind === "fixed64" ? this.view.getUint32(at + 4, true) : this.view.getInt32(at + 4, true);
        return high * 2 ** 32 + this.view.getUint32(at, true);
      }
      case "fixed32":
        return this.view.getUint32(this.fixed(4, end), true);
      case "int64":
        return this.signed(end);
      case "bool":
        return this.varint(end) !== 0;
    }
  }

  /** A whole number; beyond what is exact as text, as in JSON. */
  private signed(end: number): number | string {
    const first = this.byte(end);
    if (first < 128) return first;
    let value = BigInt(first & 127);
    for (let shift = 7n; ; shift += 7n) {
      const byte = this.byte(end);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
      if (shift >= 63n) throw new BadMessage("a number has no end");
    }
    const signed = BigInt.asIntN(64, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : String(signed);
  }

  /** Small numbers: tags, lengths, kinds. Larger ones are read as far as they are exact. */
  private varint(end: number): number {
    let value = 0;
    for (let index = 0, weight = 1; index < 10; index++, weight *= 128) {
      const byte = this.byte(end);
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
    throw new BadMessage("a number has no end");
  }

  private byte(end: number): number {
    const byte = this.at < end ? this.bytes[this.at] : undefined;
    if (byte === undefined) throw new BadMessage("it was cut off");
    this.at += 1;
    return byte;
  }

  private length(end: number): number {
    const length = this.varint(end);
    if (length > end - this.at) throw new BadMessage("it was cut off");
    return this.at + length;
  }

  private text(end: number): string {
    const until = this.length(end);
    const from = this.at;
    this.at = until;
    return this.bytes.toString("utf8", from, until);
  }

  private take(end: number): Uint8Array {
    const until = this.length(end);
    const taken = this.bytes.subarray(this.at, until);
    this.at = until;
    return taken;
  }

  private fixed(size: number, end: number): number {
    const { at } = this;
    if (size > end - at) throw new BadMessage("it was cut off");
    this.at += size;
    return at;
  }

  private expect(wire: number, wanted: number): void {
    if (wire !== wanted) throw new BadMessage("a field is of another kind than it should be");
  }

  private skip(wire: number, end: number): void {
    if (wire === 0) this.varint(end);
    else if (wire === 1) this.fixed(8, end);
    else if (wire === 2) this.at = this.length(end);
    else if (wire === 5) this.fixed(4, end);
    else throw new BadMessage("there is a field of a kind that nobody writes");
  }
}

function wireOf(kind: Kind): number {
  if (kind === "double" || kind === "fixed64" || kind === "sfixed64") return 1;
  if (kind === "fixed32") return 5;
  return kind === "int64" || kind === "bool" ? 0 : 2;
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexOf(bytes: Uint8Array): string {
  if (bytes.length > 64) throw new BadMessage("an id is longer than any is");
  let text = "";
  for (const byte of bytes) text += digits[byte] ?? "";
  return text;
}
