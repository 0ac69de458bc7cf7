import type { Context, Hono } from "hono";
import type { Control } from "../../control.ts";
import type { Asker } from "./asker.ts";
import { demoAnswers } from "./answers/demo.ts";
import { operateAnswers } from "./answers/operate.ts";
import { readAnswers } from "./answers/reads.ts";
import { releaseAnswers } from "./answers/releases.ts";
import { streamAnswers } from "./answers/stream.ts";
import { watchingAnswers } from "./answers/watching.ts";
import { createFeed } from "./feed.ts";
import { mountApi } from "./mount.ts";

/** What the API answers also where others answer the rest. */
export const apiPaths = ["/v1/products", "/v1/whoami", "/v1/events/stream", "/v1/tokens", "/healthz", "/readyz"] as const;

export type Api = {
  /** The same answers, for whoever is known in this way. */
  mount(asker: (context: Context) => Promise<Asker | undefined>): Hono;
  /** Streams end; whoever reads them comes back. */
  close(): void;
};

export function createApi(control: Control, onError: (error: unknown) => void): Api {
  const feed = createFeed({ store: control.platform.store, onError });
  const closing = new AbortController();
  const answers = {
    ...demoAnswers(control),
    ...readAnswers(control),
    ...releaseAnswers(control),
    ...operateAnswers(control),
    ...watchingAnswers(control),
  };
  const streams = streamAnswers(feed);
  return {
    mount: (asker) => mountApi({ answers, streams, asker, onError, closing: closing.signal }),
    close: () => closing.abort(),
  };
}
