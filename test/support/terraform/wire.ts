// The two encodings that Terraform and a provider speak: protocol buffers outside, MessagePack inside. Only what a stand-in needs.

/** A message of protocol buffers from its fields: `[number, value]`, with text and bytes as they are, numbers and truths as varints. */
export function message(...fields: readonly (readonly [number, string | number | boolean | Buffer])[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number" || typeof value === "boolean")
        return Buffer.concat([varint(number << 3), varint(Number(value))]);
      const bytes = typeof value === "string" ? Buffer.from(value) : value;
      return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left > 127) {
    bytes.push((left & 127) | 128);
    left = Math.floor(left / 128);
  }
  return Buffer.from([...bytes, left]);
}

/** The fields of a message that hold text, bytes or messages, by their number; the last of each counts. */
export function fieldsOf(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  let at = 0;
  const read = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const one = bytes[at++] ?? 0;
      value += (one & 127) * 2 ** shift;
      if (one < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = read();
    if ((tag & 7) === 0) read();
    else {
      const length = read();
      found.set(tag >> 3, bytes.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}

export const nil = Buffer.from([0xc0]);
/** A value that is known only after the apply. */
export const unknown = Buffer.from([0xd4, 0, 0]);

/** Text where any type may stand: with its type before it. */
export function anyText(value: string): Buffer {
  const type = Buffer.from('"string"');
  return Buffer.concat([Buffer.from([0x92, 0xc4, type.length]), type, text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([0xd9, bytes.length]), bytes]);
}

/** The values of a map of MessagePack, each as it is encoded. */
export function entriesOf(bytes: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const { count, from } = sizeOf(bytes, 0);
  let at = from;
  for (let index = 0; index < count; index++) {
    const key = at;
    at = afterValue(bytes, at);
    const value = at;
    at = afterValue(bytes, at);
    found.set(textAt(bytes, key), bytes.subarray(value, at));
  }
  return found;
}

export function mapOf(entries: ReadonlyMap<string, Buffer>): Buffer {
  const head = Buffer.from([0xde, entries.size >> 8, entries.size & 255]);
  return Buffer.concat([head, ...[...entries].flatMap(([key, value]) => [text(key), value])]);
}

function textAt(bytes: Buffer, at: number): string {
  const first = bytes[at] ?? 0;
  const head = first < 0xc0 ? 1 : first === 0xd9 ? 2 : first === 0xda ? 3 : 5;
  return bytes.subarray(at + head, afterValue(bytes, at)).toString();
}

/** How many parts a list or a map has, and where they begin. */
function sizeOf(bytes: Buffer, at: number): { readonly count: number; readonly from: number } {
  const first = bytes[at] ?? 0;
  if (first < 0xa0) return { count: first & 15, from: at + 1 };
  return first === 0xdc || first === 0xde
    ? { count: bytes.readUInt16BE(at + 1), from: at + 3 }
    : { count: bytes.readUInt32BE(at + 1), from: at + 5 };
}

const fixedLengths: Readonly<Record<number, number>> = {
  0xc0: 1,
  0xc2: 1,
  0xc3: 1,
  0xca: 5,
  0xcb: 9,
  0xcc: 2,
  0xcd: 3,
  0xce: 5,
  0xcf: 9,
  0xd0: 2,
  0xd1: 3,
  0xd2: 5,
  0xd3: 9,
  0xd4: 3,
  0xd5: 4,
  0xd6: 6,
  0xd7: 10,
  0xd8: 18,
};

function afterValue(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80 || first >= 0xe0) return at + 1;
  if (first >= 0xa0 && first < 0xc0) return at + 1 + (first & 31);
  const fixed = fixedLengths[first];
  if (fixed !== undefined) return at + fixed;
  if (first === 0xc4 || first === 0xd9) return at + 2 + bytes.readUInt8(at + 1);
  if (first === 0xc5 || first === 0xda) return at + 3 + bytes.readUInt16BE(at + 1);
  if (first === 0xc6 || first === 0xdb) return at + 5 + bytes.readUInt32BE(at + 1);
  if (first === 0xc7) return at + 3 + bytes.readUInt8(at + 1);
  if (first === 0xc8) return at + 4 + bytes.readUInt16BE(at + 1);
  const isMap = (first >= 0x80 && first < 0x90) || first >= 0xde;
  const { count, from } = sizeOf(bytes, at);
  let next = from;
  for (let index = 0; index < count * (isMap ? 2 : 1); index++) next = afterValue(bytes, next);
  return next;
}
