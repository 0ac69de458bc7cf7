import { onceFor } from "../../../lib/once-for.ts";
import { answerHeaders } from "./headers.ts";
import type { Streamed } from "./handler.ts";

const beatMs = 15_000;
/** How soon a reader comes back that has lost the connection. */
const retryMs = 1_000;
const encoder = new TextEncoder();
const beat = encoder.encode(": here\n\n");

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). A beat shows both ends that the other lives. */
export function streamed(
  events: AsyncIterable<Streamed>,
  { gone, onError }: { readonly gone: AbortController; readonly onError: (error: unknown) => void },
): Response {
  const reading = events[Symbol.asyncIterator]();
  let beats: NodeJS.Timeout | undefined;
  const end = (): void => clearInterval(beats);
  gone.signal.addEventListener("abort", end, { once: true });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`));
      // Whoever has something left to read hears that way that this end lives.
      beats = setInterval(() => (controller.desiredSize ?? 0) > 0 && controller.enqueue(beat), beatMs).unref();
    },
    /** Asked for when the reader has room: one that does not read holds nothing here but its place in the log. */
    async pull(controller) {
      try {
        const { done, value } = await reading.next();
        if (gone.signal.aborted) return;
        if (done !== true) return controller.enqueue(bytesOf(value));
      } catch (error) {
        if (gone.signal.aborted) return;
        onError(error);
      }
      end();
      controller.close();
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(body, {
    headers: { ...answerHeaders, "content-type": "text/event-stream", "x-accel-buffering": "no" },
  });
}

/** Many may read the same one: it is written once. */
const bytesOf = onceFor(({ event, data, id }: Streamed): Uint8Array =>
  encoder.encode(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
);
