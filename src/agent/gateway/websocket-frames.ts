// Follows a WebSocket's frames (RFC 6455, 5.2) as they pass, only so far as to know where one ends: a close frame of the gateway's
// own may stand between two frames and nowhere else.

/** Frames of one direction. What they say is never looked at. */
export class FrameCursor {
  private readonly head = Buffer.alloc(14);
  private headLength = 0;
  private payloadLeft = 0;

  /** Between two frames. */
  get atBoundary(): boolean {
    return this.headLength === 0 && this.payloadLeft === 0;
  }

  /** Goes on over the bytes, at most to the end of the frame that it is in when `toBoundary`; says how many it passed. */
  advance(bytes: Uint8Array, options: { readonly toBoundary: boolean }): number {
    let at = 0;
    while (at < bytes.length) {
      if (this.payloadLeft > 0) {
        const step = Math.min(this.payloadLeft, bytes.length - at);
        this.payloadLeft -= step;
        at += step;
      } else {
        this.head[this.headLength++] = bytes[at++] ?? 0;
        if (this.headLength < 2 || this.headLength < this.wholeHead()) continue;
        this.payloadLeft = this.payload();
        this.headLength = 0;
      }
      if (options.toBoundary && this.atBoundary) break;
    }
    return at;
  }

  private wholeHead(): number {
    const second = this.head[1] ?? 0;
    const length = second & 0x7f;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
  }

  private payload(): number {
    const length = (this.head[1] ?? 0) & 0x7f;
    if (length === 126) return this.head.readUInt16BE(2);
    return length === 127 ? Number(this.head.readBigUInt64BE(2)) : length;
  }
}

/** 1001, going away. What a client sends is masked, here with zeroes. */
export const goingAwayToClient = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
export const goingAwayToServer = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]);
