import type { Context, Hono } from "hono";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Store } from "../../../store/store.ts";
import type { Control } from "../../control.ts";
import type { Desk } from "../../engine/ask.ts";
import { createMeasured } from "../measured.ts";
import { type Rate, type Rates, createRates } from "../rates.ts";
import { createSharedRates } from "../shared-rates.ts";
import type { LoginSettings } from "../oidc/login-settings.ts";
import type { Tokens } from "../tokens.ts";
import { demoAnswers } from "./answers/demo.ts";
import { operateAnswers } from "./answers/operate.ts";
import { readAnswers, statusAnswers } from "./answers/reads.ts";
import { rehearsalAnswers } from "./answers/rehearsals.ts";
import { releaseAnswers, releaseReads } from "./answers/releases.ts";
import { streamAnswers } from "./answers/stream.ts";
import { tokenAnswers } from "./answers/tokens.ts";
import { watchingAnswers } from "./answers/watching.ts";
import type { Asker } from "./asker.ts";
import { createFeed } from "./feed.ts";
import type { Answers, Streams } from "./handler.ts";
import { mountApi } from "./mount.ts";
import { createPassOn, passedOn } from "./pass-on.ts";
import { type Seen, createSeen } from "./seen.ts";

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
  /** For whoever has the machine, and for those in whose name another of its servers asks. */
  forOwner(asker: Asker): Hono;
  /** For whoever comes over the network. */
  forOthers(asker: (context: Context) => Promise<Asker | undefined>): Hono;
  /** From now on this server has the platform, and answers all of it. */
  hold(control: Control): void;
  /** It is about to end: whoever looks whether it is ready is told so. */
  leave(): void;
  isLeaving(): boolean;
  /** Streams end; whoever reads them comes back. */
  close(): void;
};

export type ApiOptions = {
  readonly store: Store;
  readonly read: Desk["read"];
  /** Where the server answers that has the platform. */
  readonly socket: string;
  readonly tokens: Tokens;
  /** There may be other servers on this database: what each asker may is counted there. */
  readonly others: boolean;
  readonly login: LoginSettings | undefined;
  readonly onError: (error: unknown) => void;
  readonly nowMs: () => number;
  readonly asks?: Rate | undefined;
  readonly tries?: Rate | undefined;
};

const usualAsks: Rate = { perSecond: 400, burst: 800 };
const usualTries: Rate = { perSecond: 5, burst: 50 };

export function createApi(options: ApiOptions): Api {
  const { store, read, tokens, login, onError, nowMs, asks = usualAsks, tries = usualTries } = options;
  const feed = createFeed({ store, onError });
  let seen: Seen | undefined;
  const closing = new AbortController();
  const measured = createMeasured();
  let [holds, leaving] = [false, false];
  const anywhere = {
    ...readAnswers(store, () => leaving),
    ...releaseReads(store, read),
    ...tokenAnswers(tokens),
    ...streamAnswers(feed),
    "GET /v1/login": () => (login === undefined ? {} : { with: { name: login.name, at: "/login" } }),
    "GET /metrics": () => measured.text({ gantry_event_followers: feed.followers(), gantry_platform_held: holds ? 1 : 0 }),
  };
  let answers: Partial<Answers & Streams> = anywhere;
  const answersWith = (control: Control, seen: Seen): Answers & Streams => ({
    ...anywhere,
    ...statusAnswers(seen),
    ...releaseAnswers(control),
    ...rehearsalAnswers(control, onError),
    ...operateAnswers(control),
    ...watchingAnswers(control),
    ...demoAnswers(control),
  });
  const parts = {
    store,
    answers: () => answers,
    passOn: createPassOn(options.socket),
    measured,
    changed: () => seen?.forget(),
    onError,
    closing: closing.signal,
  };
  const ratesOf = (kind: string, rate: Rate): Rates =>
    options.others ? createSharedRates(kind, rate, { store, nowMs }) : createRates(rate, nowMs);
  const rates = {
    asks: ratesOf("asks", asks),
    tries: ratesOf("tries", tries),
    from: (context: Context) => getConnInfo(context).remote.address ?? "",
  };
  return {
    forOwner: (owner) => mountApi({ ...parts, asker: (context) => Promise.resolve(passedOn(context) ?? owner) }),
    forOthers: (asker) => mountApi({ ...parts, asker, rates }),
    hold(control) {
      holds = true;
      seen = createSeen(control, nowMs);
      answers = answersWith(control, seen);
    },
    leave: () => void (leaving = true),
    isLeaving: () => leaving,
    close: () => closing.abort(),
  };
}
