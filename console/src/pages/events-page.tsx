import { useEffect, useMemo, useState } from "react";
import { api } from "../live/api.ts";
import { useEnvironments } from "../live/asked.ts";
import type { LiveEvent } from "../live/events.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { useProduct } from "../live/product.ts";
import { useRecentEvents } from "../live/recent-events.ts";
import { setQuery, useRoute } from "../router.ts";
import { EnvironmentChoice } from "../rollout/releases-page.tsx";
import { Note, TroubleNote } from "../ui/note.tsx";
import { EventLine } from "./event-line.tsx";

const kinds = ["release", "alert", "environment", "preview", "migration", "freeze", "schedule", "report", "budget"] as const;
const perPage = 100;

type Filter = { readonly environment: string; readonly kind: string; readonly text: string };

/** What happened: everything that is written down, the newest first, and what comes while one looks. */
export function EventsPage() {
  const { query } = useRoute();
  const filter: Filter = {
    environment: query.get("environment") ?? "",
    kind: query.get("kind") ?? "",
    text: query.get("text") ?? "",
  };
  const names = (useEnvironments().value ?? []).map(({ environment }) => environment);
  const { older, more, trouble, hasMore } = useOlder(filter);
  const recent = useRecentEvents();
  const shown = useMemo(() => {
    const known = new Set(older.map(({ id }) => id));
    return [...recent.filter(({ id }) => !known.has(id)), ...older].filter((event) => fits(event, filter));
  }, [older, recent, filter.environment, filter.kind, filter.text]); // oxlint-disable-line
  return (
    <>
      <h1>Events</h1>
      <div className="bar">
        <EnvironmentChoice value={filter.environment} names={names} />
        <select aria-label="Kind" value={filter.kind} onChange={(event) => setQuery({ kind: event.target.value })}>
          <option value="">all kinds</option>
          {kinds.map((kind) => (
            <option key={kind}>{kind}</option>
          ))}
        </select>
        <input
          type="search"
          aria-label="With this in them"
          placeholder="who, what, why …"
          value={filter.text}
          onChange={(event) => setQuery({ text: event.target.value })}
        />
      </div>
      {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
      {shown.length === 0 && <Note>Nothing of that kind has happened.</Note>}
      <ol className="timeline" aria-label="Events, the newest first">
        {shown.map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </ol>
      {hasMore && (
        <button type="button" onClick={more}>
          Earlier ones
        </button>
      )}
    </>
  );
}

function fits(event: LiveEvent, { environment, kind, text }: Filter): boolean {
  if (environment !== "" && event.environment !== environment) return false;
  if (kind !== "" && event.kind.split(".", 1)[0] !== kind) return false;
  const words = text.toLowerCase();
  const whole = `${event.kind} ${event.subject} ${event.because ?? ""} ${event.actor.name} ${event.environment ?? ""}`;
  return words === "" || whole.toLowerCase().includes(words);
}

function useOlder({ environment, kind }: Filter) {
  const product = useProduct();
  const [older, setOlder] = useState<readonly LiveEvent[]>([]);
  const [cursor, setCursor] = useState<string | undefined>();
  const [hasMore, setHasMore] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const ask = async (from: string | undefined, signal?: AbortSignal) => {
    if (product === "") return;
    try {
      const page = await api(
        "GET /v1/products/{product}/events",
        {
          params: { product },
          query: {
            limit: perPage,
            ...(from === undefined ? {} : { cursor: from }),
            ...(environment === "" ? {} : { environment }),
            ...(kind === "" ? {} : { kinds: kind }),
          },
        },
        signal === undefined ? {} : { signal },
      );
      if (signal?.aborted === true) return;
      setOlder((before) => (from === undefined ? page.items : [...before, ...page.items]));
      setCursor(page.next);
      setHasMore(page.next !== undefined);
      setTrouble(undefined);
    } catch (error) {
      if (signal?.aborted !== true) setTrouble(troubleOf(error));
    }
  };
  useEffect(() => {
    const over = new AbortController();
    void ask(undefined, over.signal);
    return () => over.abort();
  }, [product, environment, kind]); // oxlint-disable-line
  return { older, trouble, hasMore, more: () => void ask(cursor) };
}
