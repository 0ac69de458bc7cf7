// How the processes that answer collect their garbage. Every body that passes through is memory outside of the heap, and V8 answers much of that by
// marking the heap in steps of up to ten milliseconds, which requests in flight wait for; without them a small heap is collected at once, far less
// often.

/** On few cores a collector with threads of its own takes them from whoever serves. */
export function gatewayCollects(cores: number): readonly string[] {
  return ["--no-incremental-marking", ...(cores <= 2 ? ["--single-threaded-gc"] : [])];
}

/** What a server makes for an answer is garbage with it, if it has not been moved among what stays before. */
export const serverCollects: readonly string[] = ["--no-incremental-marking", "--max-semi-space-size=64"];
