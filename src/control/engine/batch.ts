/**
 * What many want written goes out together: while one batch is on its way the next one gathers, so that a lone one waits for nothing and
 * a thousand cost few transactions.
 */
export function createBatch<In, Out>(work: (items: readonly In[]) => Promise<readonly Out[]>, most: number) {
  type Waiting = {
    readonly item: In;
    readonly resolve: (out: Out) => void;
    readonly reject: (error: unknown) => void;
  };
  let waiting: Waiting[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    // Whoever is about to ask in this very turn comes along.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    while (waiting.length > 0) {
      const now = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const outs = await work(now.map(({ item }) => item));
        now.forEach(({ resolve, reject }, index) => {
          const out = outs[index];
          if (out === undefined) reject(new Error("a batch has given too few answers"));
          else resolve(out);
        });
      } catch (error) {
        for (const { reject } of now) reject(error);
      }
    }
    running = false;
  };

  return (item: In): Promise<Out> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
}
