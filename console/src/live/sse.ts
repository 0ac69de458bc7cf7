// A stream of server-sent events, read by hand: the browser's own reader tells neither why it was refused nor that anything still comes.

/** It was answered, and not with a stream. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

export type Message = { readonly id: string | undefined; readonly event: string; readonly data: string };

export type Following = {
  readonly path: string;
  readonly lastId: string | undefined;
  readonly signal: AbortSignal;
  /** Something came, be it only a sign of life. */
  readonly onAlive: () => void;
  readonly onMessage: (message: Message) => void;
};

/** Ends when the stream does; throws where it is refused or breaks off. */
export async function follow({ path, lastId, signal, onAlive, onMessage }: Following): Promise<void> {
  const headers = { accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
  const response = await fetch(path, { headers, signal, cache: "no-store" });
  if (!response.ok || response.body === null) throw new Refused(response.status);
  onAlive();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines = createLines(onMessage);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onAlive();
    lines(value);
  }
}

const mostPending = 4 * 1_024 * 1_024;

/** Takes text as it comes, in whatever pieces, and tells each message once its empty line is there. */
export function createLines(onMessage: (message: Message) => void): (text: string) => void {
  let pending = "";
  let id: string | undefined;
  let event = "message";
  let data: string[] = [];
  return (text) => {
    pending += text;
    if (pending.length > mostPending) throw new Error("the stream sends a line without an end");
    const parts = pending.split(/\r\n|\n|\r(?!$)/);
    pending = parts.pop() ?? "";
    for (const line of parts) {
      if (line === "") {
        if (data.length > 0) onMessage({ id, event, data: data.join("\n") });
        [event, data] = ["message", []];
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === "id") id = value;
      else if (field === "event") event = value;
      else if (field === "data") data.push(value);
    }
  };
}
