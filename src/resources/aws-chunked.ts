import { createHash } from "node:crypto";
import { Fault } from "./fault.ts";
import { limits } from "./limits.ts";
import { isSame } from "./principals.ts";
import { hmac, sha256, type Signature } from "./sigv4.ts";

// A body in signed chunks: `<size in hex>;chunk-signature=<…>\r\n<data>\r\n`, a last one of size 0, then trailers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and …/sigv4-streaming-trailers.html

export type ChunkedOptions = {
  /** Each chunk is signed on from the one before; absent where chunks are unsigned. */
  readonly signed?: Signature["chunks"];
  readonly hasTrailer: boolean;
};

const emptyHash = sha256("");

/** The data of a chunked body. Its trailers are in the map when it has ended. */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
  { signed, hasTrailer }: ChunkedOptions,
): AsyncGenerator<Buffer> {
  const input = createInput(source);
  let previous = signed?.seed ?? "";

  function verify(algorithm: string, given: string, parts: readonly string[]): void {
    if (!signed) return;
    const wanted = hmac(signed.key, [algorithm, signed.time, signed.scope, previous, ...parts].join("\n")).toString("hex");
    if (!isSame(wanted, given))
      throw new Fault("SignatureDoesNotMatch", 403, "a chunk's signature is not the one that its data gives");
    previous = given;
  }

  for (;;) {
    const [, hex, signature] =
      /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(await input.line(limits.chunkHeaderBytes)) ?? [];
    if (hex === undefined || (signed && signature === undefined)) throw broken();
    const size = Number.parseInt(hex, 16);
    const hash = signed && createHash("sha256");
    for await (const data of input.bytes(size)) {
      hash?.update(data);
      yield data;
    }
    if (hash) verify("AWS4-HMAC-SHA256-PAYLOAD", signature ?? "", [emptyHash, hash.digest("hex")]);
    if (size === 0) break;
    if ((await input.line(0)) !== "") throw broken();
  }

  const lines: string[] = [];
  let bytes = 0;
  for (let line = await input.line(limits.trailerBytes, true); line !== ""; line = await input.line(limits.trailerBytes, true)) {
    bytes += line.length;
    const at = line.indexOf(":");
    if (!hasTrailer || at < 1 || bytes > limits.trailerBytes) throw broken();
    const [name, value] = [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    trailers.set(name, value);
    if (name !== "x-amz-trailer-signature") lines.push(`${name}:${value}\n`);
  }
  if (signed && hasTrailer) {
    verify("AWS4-HMAC-SHA256-TRAILER", trailers.get("x-amz-trailer-signature") ?? "", [sha256(lines.join(""))]);
  }
  if (!(await input.isAtEnd())) throw broken();
}

function broken(): Fault {
  return new Fault("IncompleteBody", 400, "the body is not in the chunks that it says");
}

function createInput(source: AsyncIterable<Buffer>) {
  const reader = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const { done, value } = await reader.next();
    if (done === true) return false;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return true;
  }

  return {
    /** Up to the next CR LF. The body's end counts as an empty line where that is said. */
    line: async (most: number, orEnd = false): Promise<string> => {
      for (;;) {
        const at = rest.indexOf("\r\n");
        if (at > most || (at < 0 && rest.length > most + 1)) throw broken();
        if (at >= 0) {
          const line = rest.toString("latin1", 0, at);
          rest = rest.subarray(at + 2);
          return line;
        }
        if (await more()) continue;
        if (orEnd && rest.length === 0) return "";
        throw broken();
      }
    },
    bytes: async function* (size: number): AsyncGenerator<Buffer> {
      for (let left = size; left > 0;) {
        if (rest.length === 0 && !(await more())) throw broken();
        const data = rest.subarray(0, left);
        rest = rest.subarray(data.length);
        left -= data.length;
        if (data.length > 0) yield data;
      }
    },
    isAtEnd: async (): Promise<boolean> => {
      while (rest.length === 0) if (!(await more())) return true;
      return false;
    },
  };
}
