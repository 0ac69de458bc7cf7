import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { connection } from "./connection.ts";
import { type LiveEvent, onEvent, onMoved } from "./events.ts";
import { keepEqual } from "./keep-equal.ts";
import { type Trouble, troubleOf } from "./problem.ts";

// What was asked of the server, kept under a key for as long as somebody looks at it and a while longer. It is asked again when an event says
// that it may have changed, every so often, and when the server is back; what was known stays while there is no newer answer.

export type Kept<T> = {
  readonly value: T | undefined;
  readonly trouble: Trouble | undefined;
  readonly atMs: number | undefined;
};

export type Wanted<T> = {
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** Asked again after so long, while somebody looks; by what it is, where that says how soon it changes. */
  readonly everyMs?: number | ((value: T | undefined) => number | undefined);
  /** Asked again at once where this event is about it. */
  readonly on?: (event: LiveEvent) => boolean;
};

type Entry = {
  kept: Kept<unknown>;
  wanted: Wanted<unknown>;
  readonly listeners: Set<() => void>;
  timer: ReturnType<typeof setTimeout> | undefined;
  abort: AbortController | undefined;
  /** Something has happened since the answer that is awaited was asked for. */
  again: boolean;
};

const entries = new Map<string, Entry>();
const nothing: Kept<never> = { value: undefined, trouble: undefined, atMs: undefined };
const mostForgotten = 40;

export function useResource<T>(asked: Wanted<T>): Kept<T> {
  // Under one key there is one kind of answer.
  const wanted = asked as Wanted<unknown>;
  const { key } = wanted;
  const latest = useRef(wanted);
  useEffect(() => {
    latest.current = wanted;
    const entry = entries.get(key);
    if (entry !== undefined) entry.wanted = wanted;
  });
  // One and the same for as long as the key is: another would be watched anew, and asked for anew, with each drawing.
  const subscribe = useCallback((listener: () => void) => watch(key, latest, listener), [key]);
  return useSyncExternalStore(subscribe, () => (entries.get(key)?.kept ?? nothing) as Kept<T>);
}

/** Asks again for what begins so: somebody here has just changed it. */
export function refresh(...prefixes: readonly string[]): void {
  for (const [key, entry] of entries) if (prefixes.some((prefix) => key.startsWith(prefix))) ask(entry);
}

function watch(key: string, latest: { readonly current: Wanted<unknown> }, listener: () => void): () => void {
  const entry: Entry = entries.get(key) ?? {
    kept: nothing,
    wanted: latest.current,
    listeners: new Set(),
    timer: undefined,
    abort: undefined,
    again: false,
  };
  // What was not watched for a while goes first when there is too much.
  entries.delete(key);
  entries.set(key, entry);
  entry.listeners.add(listener);
  if (entry.listeners.size === 1) ask(entry);
  forgetOldest();
  return () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0) return;
    clearTimeout(entry.timer);
    entry.abort?.abort();
    entry.abort = undefined;
  };
}

function forgetOldest(): void {
  const unwatched = [...entries].filter(([, { listeners }]) => listeners.size === 0);
  for (const [key] of unwatched.slice(0, Math.max(0, unwatched.length - mostForgotten))) entries.delete(key);
}

function ask(entry: Entry): void {
  if (entry.listeners.size === 0) return;
  if (entry.abort !== undefined) {
    entry.again = true;
    return;
  }
  clearTimeout(entry.timer);
  const abort = new AbortController();
  entry.abort = abort;
  entry.again = false;
  void entry.wanted
    .load(abort.signal)
    .then(
      (value): Kept<unknown> => ({ value: keepEqual(entry.kept.value, value), trouble: undefined, atMs: Date.now() }),
      (error: unknown): Kept<unknown> => ({ ...entry.kept, trouble: troubleOf(error) }),
    )
    .then((kept) => {
      if (entry.abort === abort) entry.abort = undefined;
      if (abort.signal.aborted) return;
      entry.kept = kept;
      for (const listener of entry.listeners) listener();
      if (entry.again) ask(entry);
      else later(entry);
    });
}

function later(entry: Entry): void {
  const { everyMs: said } = entry.wanted;
  const everyMs = typeof said === "function" ? said(entry.kept.value) : said;
  if (everyMs === undefined || entry.listeners.size === 0) return;
  // A page in the background asks again when it is looked at.
  entry.timer = setTimeout(() => (document.hidden || connection.get().state !== "live" ? later(entry) : ask(entry)), everyMs);
}

function askAll(fits: (entry: Entry) => boolean): void {
  for (const entry of entries.values()) if (fits(entry)) ask(entry);
}

onMoved(({ id, product, environment }) => refresh(`releases ${product} `, `release ${product} ${environment} ${id}`));
onEvent((event) => askAll(({ wanted }) => wanted.on?.(event) === true));
connection.subscribe(() => {
  if (connection.get().state === "live") askAll(() => true);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askAll(({ wanted }) => wanted.everyMs !== undefined);
});
