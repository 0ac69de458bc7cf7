import { setTimeout as sleep } from "node:timers/promises";
import { answerHeaders } from "./headers.ts";
import type { Streamed } from "./handler.ts";

const beatMs = 15_000;
/** How soon a reader comes back that has lost the connection. */
const retryMs = 1_000;

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). A beat shows both ends that the other lives. */
export function streamed(
  events: AsyncIterable<Streamed>,
  { gone, onError }: { readonly gone: AbortController; readonly onError: (error: unknown) => void },
): Response {
  const encoder = new TextEncoder();
  const reading = events[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Streamed>> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`));
    },
    /** Asked for when the reader has room: one that does not read holds nothing here but its place in the log. */
    async pull(controller) {
      try {
        next ??= reading.next();
        const beat = new AbortController();
        const first = await Promise.race([
          next,
          sleep(beatMs, "beat" as const, { signal: AbortSignal.any([beat.signal, gone.signal]), ref: false }).catch(
            () => "beat" as const,
          ),
        ]);
        beat.abort();
        if (gone.signal.aborted) return;
        if (first === "beat") return controller.enqueue(encoder.encode(": here\n\n"));
        next = undefined;
        if (first.done === true) return controller.close();
        controller.enqueue(encoder.encode(textOf(first.value)));
      } catch (error) {
        if (!gone.signal.aborted) onError(error);
        controller.close();
      }
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(body, {
    headers: { ...answerHeaders, "content-type": "text/event-stream", "x-accel-buffering": "no" },
  });
}

function textOf({ event, data, id }: Streamed): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
