/**
 * The parser counts bytes of UTF-8 in its trees and characters in its errors; editors count UTF-16 units. For text of plain ASCII all
 * three are the same; for other text every 256th unit is remembered, and what lies between is counted.
 */
export type Offsets = {
  readonly ofByte: (byte: number) => number;
  readonly ofCharacter: (character: number) => number;
  /** Line and column count from 1; a column counts UTF-16 units. */
  readonly placeOf: (offset: number) => { readonly line: number; readonly column: number; readonly offset: number };
};

const stride = 256;

export function offsetsOf(text: string): Offsets {
  const placeOf = placesIn(text);
  if (Buffer.byteLength(text, "utf8") === text.length) {
    const same = (offset: number) => Math.min(Math.max(offset, 0), text.length);
    return { ofByte: same, ofCharacter: same, placeOf };
  }
  const room = Math.ceil(text.length / stride) + 1;
  const [units, bytes, characters] = [new Uint32Array(room), new Uint32Array(room), new Uint32Array(room)];
  let [kept, byte, character] = [0, 0, 0];
  for (let unit = 0; unit < text.length;) {
    if (unit >= kept * stride) {
      units[kept] = unit;
      bytes[kept] = byte;
      characters[kept] = character;
      kept++;
    }
    const width = unitsAt(text, unit);
    byte += bytesAt(text, unit);
    character++;
    unit += width;
  }
  const find = (counts: Uint32Array, wanted: number, weight: (unit: number) => number) => {
    const from = lastNotAfter(counts, kept, wanted);
    let [unit, count] = [units[from] ?? 0, counts[from] ?? 0];
    while (count < wanted && unit < text.length) {
      count += weight(unit);
      unit += unitsAt(text, unit);
    }
    return unit;
  };
  return {
    ofByte: (wanted) => find(bytes, wanted, (unit) => bytesAt(text, unit)),
    ofCharacter: (wanted) => find(characters, wanted, () => 1),
    placeOf,
  };
}

function placesIn(text: string): Offsets["placeOf"] {
  let starts: Uint32Array | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const line = lastNotAfter(starts, starts.length, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1, offset };
  };
}

function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

/** The last of the sorted numbers that is no greater. */
function lastNotAfter(sorted: Uint32Array, length: number, wanted: number): number {
  let [low, high] = [0, length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? Infinity) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

function unitsAt(text: string, unit: number): number {
  return (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
}

function bytesAt(text: string, unit: number): number {
  const point = text.codePointAt(unit) ?? 0;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}
