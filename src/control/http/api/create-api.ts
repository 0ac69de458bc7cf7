import type { Context, Hono } from "hono";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Control } from "../../control.ts";
import { createMeasured } from "../measured.ts";
import { type Rate, createRates } from "../rates.ts";
import type { Tokens } from "../tokens.ts";
import { demoAnswers } from "./answers/demo.ts";
import { operateAnswers } from "./answers/operate.ts";
import { readAnswers } from "./answers/reads.ts";
import { releaseAnswers } from "./answers/releases.ts";
import { streamAnswers } from "./answers/stream.ts";
import { tokenAnswers } from "./answers/tokens.ts";
import { watchingAnswers } from "./answers/watching.ts";
import type { Asker } from "./asker.ts";
import { createFeed } from "./feed.ts";
import { mountApi } from "./mount.ts";

/** What the API answers also where others answer the rest. */
export const apiPaths = [
  "/v1/products",
  "/v1/whoami",
  "/v1/events/stream",
  "/v1/tokens",
  "/healthz",
  "/readyz",
  "/metrics",
] as const;

export type Api = {
  /** For whoever has the machine. */
  forOwner(asker: Asker): Hono;
  /** For whoever comes over the network. */
  forOthers(asker: (context: Context) => Promise<Asker | undefined>): Hono;
  /** Streams end; whoever reads them comes back. */
  close(): void;
};

export type ApiOptions = {
  readonly tokens: Tokens;
  readonly onError: (error: unknown) => void;
  readonly nowMs: () => number;
  readonly asks?: Rate;
  readonly tries?: Rate;
};

const usualAsks: Rate = { perSecond: 400, burst: 800 };
const usualTries: Rate = { perSecond: 5, burst: 50 };

export function createApi(control: Control, options: ApiOptions): Api {
  const { tokens, onError, nowMs, asks = usualAsks, tries = usualTries } = options;
  const { store } = control.platform;
  const feed = createFeed({ store, onError });
  const closing = new AbortController();
  const measured = createMeasured();
  const answers = {
    ...demoAnswers(control),
    ...readAnswers(control),
    ...releaseAnswers(control),
    ...operateAnswers(control),
    ...watchingAnswers(control),
    ...tokenAnswers(tokens),
    "GET /metrics": () => measured.text({ gantry_event_followers: feed.followers() }),
  };
  const parts = { store, answers, streams: streamAnswers(feed), measured, onError, closing: closing.signal };
  const rates = {
    asks: createRates(asks, nowMs),
    tries: createRates(tries, nowMs),
    from: (context: Context) => getConnInfo(context).remote.address ?? "",
  };
  return {
    forOwner: (owner) => mountApi({ ...parts, asker: () => Promise.resolve(owner) }),
    forOthers: (asker) => mountApi({ ...parts, asker, rates }),
    close: () => closing.abort(),
  };
}
