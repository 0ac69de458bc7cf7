import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { Context } from "hono";

// Off the thread that answers: what is large is made small once, for all who ask for it.

const zip = promisify(gzip);
/** Below this the headers of a packet weigh as much. */
const leastBytes = 1_400;

/** Of an answer that is either, for whoever stands between and keeps it. */
export const eitherWay = { vary: "accept-encoding" } as const;
export const zipped = { ...eitherWay, "content-encoding": "gzip" } as const;

export function isWorthZipping(bytes: Uint8Array): boolean {
  return bytes.length >= leastBytes;
}

/** `often`: there will be another one in a second. */
export async function zippedOf(bytes: Uint8Array, how: "often" | "once"): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await zip(bytes, { level: how === "often" ? constants.Z_BEST_SPEED : constants.Z_BEST_COMPRESSION }));
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding: what is named counts more than what is meant by a star, and a weight of 0 refuses. */
export function takesGzip(context: Context): boolean {
  const weights = new Map(
    (context.req.header("accept-encoding") ?? "").split(",").map((part): [string, number] => {
      const [coding = "", ...parameters] = part.split(";").map((one) => one.trim().toLowerCase());
      const q = parameters.find((one) => one.startsWith("q="));
      return [coding, q === undefined ? 1 : Number(q.slice(2))];
    }),
  );
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}
