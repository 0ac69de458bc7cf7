import type { OnReadOpts, Socket } from "node:net";

// One for all connections: what is read into it is copied out before anybody else reads. Larger than the 64 KB that node reads at a
// time, so that an answer a little over that comes in one piece.
const landing = Buffer.allocUnsafeSlow(131_072);

/**
 * How a connection to a replica reads. Node takes a fresh 64 KB for each read and gives back what was too much of it, and the
 * collector is driven by how much is taken. Copying out what came is cheaper, long or short.
 */
export const frugalReading: OnReadOpts = {
  buffer: landing,
  callback(this: Socket, length: number, read: Uint8Array): boolean {
    return this.push(Buffer.from(read.subarray(0, length)));
  },
};
