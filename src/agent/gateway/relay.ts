import type { Duplex } from "node:stream";
import { FrameCursor } from "./websocket-frames.ts";

/** One direction of a WebSocket. */
export type Relay = {
  readonly bytes: number;
  /** Sends this last frame as soon as a frame ends, and lets nothing more through. */
  closeWith(frame: Buffer): void;
};

export function createRelay(from: Duplex, to: Duplex): Relay {
  const cursor = new FrameCursor();
  let bytes = 0;
  let last: Buffer | undefined;
  let closed = false;
  const finish = (): void => {
    if (last === undefined || closed || !cursor.atBoundary) return;
    closed = true;
    to.write(last);
  };
  from.on("data", (chunk: Buffer) => {
    if (closed || to.destroyed) return;
    const passed = cursor.advance(chunk, { toBoundary: last !== undefined });
    bytes += passed;
    if (!to.write(passed === chunk.length ? chunk : chunk.subarray(0, passed))) from.pause();
    finish();
  });
  to.on("drain", () => from.resume());
  from.on("end", () => to.end());
  return {
    get bytes() {
      return bytes;
    },
    closeWith(frame) {
      last ??= frame;
      finish();
    },
  };
}
