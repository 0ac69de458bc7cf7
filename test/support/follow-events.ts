import { setTimeout as sleep } from "node:timers/promises";

export type Followed = {
  /** Of what came, in the order in which it came. */
  positions(): readonly string[];
  kinds(): readonly string[];
  /** How often it came in. */
  connections(): number;
  stop(): void;
};

/** Follows the log as an EventSource does: when it ends, or breaks off, it comes back with the last that it has seen. */
export function followEvents(base: string, token: string): Followed {
  const stopping = new AbortController();
  const positions: string[] = [];
  const kinds: string[] = [];
  let connections = 0;
  const read = async (): Promise<void> => {
    const last = positions.at(-1);
    const answer = await fetch(`${base}/v1/events/stream`, {
      headers: { authorization: `Bearer ${token}`, ...(last === undefined ? {} : { "last-event-id": last }) },
      signal: stopping.signal,
    });
    if (answer.status !== 200 || answer.body === null) return;
    connections += 1;
    let text = "";
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const [, id, data] = /^id: (\d+)\nevent: event\ndata: (.*)$/.exec(part) ?? [];
        if (id === undefined || data === undefined) continue;
        positions.push(id);
        kinds.push((JSON.parse(data) as { kind: string }).kind);
      }
    }
  };
  const following = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await read().catch(() => {});
      await sleep(50, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  void following();
  return { positions: () => positions, kinds: () => kinds, connections: () => connections, stop: () => stopping.abort() };
}
