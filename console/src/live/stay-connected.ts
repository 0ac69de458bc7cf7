import { connection } from "./connection.ts";
import { type LiveEvent, type Moved, tellEvent, tellMoved } from "./events.ts";
import { follow, Refused } from "./sse.ts";

// One stream for the whole page, for as long as it is open: where it breaks off it is begun again after the last event that came, and the page
// says so meanwhile.

/** The server gives a sign of life more often than this. */
const silentMs = 35_000;
const leastWaitMs = 250;
const mostWaitMs = 5_000;

export function stayConnected(path: string): () => void {
  const over = new AbortController();
  void connecting(path, over.signal);
  return () => over.abort();
}

async function connecting(path: string, over: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let waitMs = leastWaitMs;
  while (!over.aborted) {
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let because = "the server ended the stream";
    try {
      await follow({
        path,
        lastId,
        signal: AbortSignal.any([over, silence.signal]),
        onAlive() {
          clearTimeout(timer);
          timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silentMs / 1_000} s`)), silentMs);
          if (connection.get().state !== "live") connection.set({ state: "live" });
          waitMs = leastWaitMs;
        },
        onMessage({ id, event, data }) {
          lastId = id ?? lastId;
          if (event === "event") tellEvent(JSON.parse(data) as LiveEvent);
          if (event === "moved") tellMoved(JSON.parse(data) as Moved);
        },
      });
    } catch (error) {
      if (over.aborted) return;
      if (error instanceof Refused && error.status === 401) {
        connection.set({ state: "out" });
        waitMs = mostWaitMs;
      }
      because =
        error instanceof Refused
          ? error.message
          : silence.signal.aborted
            ? "nothing comes any more"
            : "the server does not answer";
    } finally {
      clearTimeout(timer);
    }
    const now = connection.get();
    if (now.state === "live" || now.state === "connecting") connection.set({ state: "lost", sinceMs: Date.now(), because });
    await waiting(waitMs, over);
    waitMs = Math.min(mostWaitMs, waitMs * 2);
  }
}

/** Ends early where the machine is back on a network. */
function waiting(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      over.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    over.addEventListener("abort", done);
  });
}
