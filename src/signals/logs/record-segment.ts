// Records — spans, or lines of a log — that came at about the same time, in columns. They are appended until the segment is full, and
// never changed: all of it goes when it is too old.
//
// 1. Rows are in the order in which they came. Their times rise on the whole, and not each.
// 2. Each row knows the row before it whose trace falls into the same slot: so all rows of a trace are found without looking at others.

export type StoredRecord = {
  readonly timeMs: number;
  readonly durationMs: number;
  /** 32 hexadecimal digits; "" for none. */
  readonly traceId: string;
  /** 16 hexadecimal digits; "" for none. */
  readonly spanId: string;
  readonly parentId: string;
  readonly service: string;
  readonly name: string;
  /** A number of the kind's own: how bad it is. */
  readonly level: number;
  /** All else, as JSON. */
  readonly body: string;
};

export const segmentRows = 16_384;
const segmentBytes = 8 * 2 ** 20;
const firstRows = 256;
const mostWords = 65_000;
/** Of a row in the columns below. */
const rowBytes = 8 + 4 + 16 + 8 + 8 + 2 + 2 + 1 + 4 + 4 + 8;

export class RecordSegment {
  readonly number: number;
  rows = 0;
  full = false;
  firstMs = Infinity;
  lastMs = -Infinity;
  /** Services and names, each once. */
  readonly words: string[] = [];
  private readonly wordIds = new Map<string, number>();
  times = new Float64Array(0);
  durations = new Float32Array(0);
  traces = new Uint32Array(0);
  spans = new Uint32Array(0);
  parents = new Uint32Array(0);
  services = new Uint16Array(0);
  names = new Uint16Array(0);
  levels = new Uint8Array(0);
  /** Where each row's body ends. */
  ends = new Uint32Array(0);
  bodies = Buffer.alloc(0);
  /** One more than the row before of the same slot; 0 for none. */
  private before = new Uint32Array(0);
  private slots = new Uint32Array(0);

  constructor(number: number) {
    this.number = number;
  }

  get bytes(): number {
    return this.times.length * rowBytes + this.bodies.length + this.words.length * 100;
  }

  /** False where there is no more room. */
  append(record: StoredRecord): boolean {
    const body = Buffer.byteLength(record.body);
    const end = this.rows === 0 ? 0 : (this.ends[this.rows - 1] ?? 0);
    // A first row fits whatever it is.
    if (this.full || this.rows === segmentRows || this.words.length > mostWords) return false;
    if (this.rows > 0 && end + body > segmentBytes) return false;
    if (this.rows === this.times.length) this.resize(Math.max(firstRows, this.rows * 2));
    if (end + body > this.bodies.length) this.growBodies(end + body);
    const row = this.rows++;
    this.times[row] = record.timeMs;
    this.durations[row] = record.durationMs;
    putHex(this.traces, row * 4, record.traceId, 4);
    putHex(this.spans, row * 2, record.spanId, 2);
    putHex(this.parents, row * 2, record.parentId, 2);
    this.services[row] = this.word(record.service);
    this.names[row] = this.word(record.name);
    this.levels[row] = record.level;
    this.bodies.write(record.body, end);
    this.ends[row] = end + body;
    this.firstMs = Math.min(this.firstMs, record.timeMs);
    this.lastMs = Math.max(this.lastMs, record.timeMs);
    this.link(row);
    return true;
  }

  /** No more comes to it: what it does not use is given back. */
  close(): void {
    if (this.full) return;
    this.full = true;
    this.resize(this.rows);
    const used = this.ends[this.rows - 1] ?? 0;
    const bodies = Buffer.alloc(used);
    this.bodies.copy(bodies, 0, 0, used);
    this.bodies = bodies;
  }

  /** The rows of a trace, the newest first. */
  *ofTrace(words: Uint32Array): Generator<number> {
    if (this.slots.length === 0) return;
    for (let at = this.slots[this.slotOf(words, 0)] ?? 0; at > 0; at = this.before[at - 1] ?? 0) {
      const row = at - 1;
      const of = row * 4;
      const { traces } = this;
      if (traces[of] === words[0] && traces[of + 1] === words[1] && traces[of + 2] === words[2] && traces[of + 3] === words[3])
        yield row;
    }
  }

  bodyStart(row: number): number {
    return row === 0 ? 0 : (this.ends[row - 1] ?? 0);
  }

  /** The row whose body has the byte at this offset. */
  rowAt(offset: number): number {
    let [low, high] = [0, this.rows];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ends[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  at(row: number): StoredRecord {
    return {
      timeMs: this.times[row] ?? 0,
      durationMs: this.durations[row] ?? 0,
      traceId: hexAt(this.traces, row * 4, 4),
      spanId: hexAt(this.spans, row * 2, 2),
      parentId: hexAt(this.parents, row * 2, 2),
      service: this.words[this.services[row] ?? 0] ?? "",
      name: this.words[this.names[row] ?? 0] ?? "",
      level: this.levels[row] ?? 0,
      body: this.bodies.toString("utf8", this.bodyStart(row), this.ends[row] ?? 0),
    };
  }

  /** Makes room for what was kept; the columns are filled by whoever read it. */
  restore(rows: number, bodies: number, words: readonly string[]): void {
    this.resize(rows);
    this.rows = rows;
    this.bodies = Buffer.alloc(bodies);
    for (const word of words) this.word(word);
  }

  /** Whether the columns fit each other, as they do unless somebody changed a file. */
  sound(): boolean {
    let before = 0;
    for (let row = 0; row < this.rows; row++) {
      const end = this.ends[row] ?? 0;
      if (end < before || (this.services[row] ?? 0) >= this.words.length || (this.names[row] ?? 0) >= this.words.length)
        return false;
      before = end;
    }
    return before === this.bodies.length;
  }

  /** Finds anew which rows are of one trace, and when the first and last were. */
  relink(): void {
    this.resize(this.times.length);
    for (const time of this.times.subarray(0, this.rows)) {
      this.firstMs = Math.min(this.firstMs, time);
      this.lastMs = Math.max(this.lastMs, time);
    }
  }

  private word(word: string): number {
    let id = this.wordIds.get(word);
    if (id === undefined) {
      id = this.words.push(word) - 1;
      this.wordIds.set(word, id);
    }
    return id;
  }

  private link(row: number): void {
    const of = row * 4;
    if ((this.traces[of] ?? 0) + (this.traces[of + 1] ?? 0) + (this.traces[of + 2] ?? 0) + (this.traces[of + 3] ?? 0) === 0)
      return;
    const slot = this.slotOf(this.traces, of);
    this.before[row] = this.slots[slot] ?? 0;
    this.slots[slot] = row + 1;
  }

  private slotOf(words: Uint32Array, at: number): number {
    // Some clients draw only a half of the id at random: both halves count, and each bit of them.
    const mixed = Math.imul((words[at] ?? 0) ^ (words[at + 3] ?? 0), 0x9e3779b1) ^ (words[at + 1] ?? 0) ^ (words[at + 2] ?? 0);
    return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 8) & (this.slots.length - 1);
  }

  private resize(rows: number): void {
    const sized = <T extends Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array>(from: T, to: T): T => {
      to.set(from.length > to.length ? from.subarray(0, to.length) : from);
      return to;
    };
    this.times = sized(this.times, new Float64Array(rows));
    this.durations = sized(this.durations, new Float32Array(rows));
    this.traces = sized(this.traces, new Uint32Array(rows * 4));
    this.spans = sized(this.spans, new Uint32Array(rows * 2));
    this.parents = sized(this.parents, new Uint32Array(rows * 2));
    this.services = sized(this.services, new Uint16Array(rows));
    this.names = sized(this.names, new Uint16Array(rows));
    this.levels = sized(this.levels, new Uint8Array(rows));
    this.ends = sized(this.ends, new Uint32Array(rows));
    this.before = new Uint32Array(rows);
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, rows * 2))));
    for (let row = 0; row < this.rows; row++) this.link(row);
  }

  private growBodies(wanted: number): void {
    const larger = Buffer.alloc(Math.max(wanted, this.bodies.length * 2, 16_384));
    this.bodies.copy(larger);
    this.bodies = larger;
  }
}

/** The words of an id in hexadecimal digits. */
export function wordsOfId(id: string, words: number): Uint32Array {
  const found = new Uint32Array(words);
  putHex(found, 0, id, words);
  return found;
}

function putHex(into: Uint32Array, at: number, id: string, words: number): void {
  for (let word = 0; word < words; word++) {
    const digits = id.slice(word * 8, word * 8 + 8);
    into[at + word] = digits === "" ? 0 : Number.parseInt(digits, 16) >>> 0;
  }
}

function hexAt(from: Uint32Array, at: number, words: number): string {
  let id = "";
  let any = 0;
  for (let word = 0; word < words; word++) {
    const value = from[at + word] ?? 0;
    any |= value;
    id += value.toString(16).padStart(8, "0");
  }
  return any === 0 ? "" : id;
}
