/**
 * Work that Ctrl-C asks to stop, where otherwise it would end the process at once; asked a second time, it does that. Work that never
 * lets the process take a breath does not hear of it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const asked = new AbortController();
  const others = process.listeners("SIGINT");
  const giveBack = () => {
    process.off("SIGINT", ask);
    for (const one of others) process.once("SIGINT", one);
  };
  const ask = () => {
    asked.abort();
    giveBack();
  };
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", ask);
  try {
    return await work(asked.signal);
  } finally {
    if (!asked.signal.aborted) giveBack();
  }
}
