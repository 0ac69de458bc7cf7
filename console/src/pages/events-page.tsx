import { Fragment, useEffect, useMemo, useState } from "react";
import { api } from "../live/api.ts";
import { useEnvironments, useReleases } from "../live/asked.ts";
import type { LiveEvent } from "../live/events.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { useProduct } from "../live/product.ts";
import { useRecentEvents } from "../live/recent-events.ts";
import { useRoute } from "../router.ts";
import { Looking, Note, TroubleNote } from "../ui/note.tsx";
import { EnvironmentChoice, QueryChoice, QuerySearch } from "../ui/query.tsx";
import { momentText } from "../words/time.ts";
import { EventLine } from "./event-line.tsx";

const kinds = [
  "release",
  "alert",
  "environment",
  "preview",
  "migration",
  "freeze",
  "rehearsal",
  "schedule",
  "report",
  "budget",
] as const;
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
  const releases = useReleases().value;
  const titles = useMemo(() => new Map(releases?.map(({ id, title }) => [id, title])), [releases]);
  const { older, more, trouble, hasMore, isAsking } = useOlder(filter);
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
        <QueryChoice name="kind" label="Kind" any="all kinds" value={filter.kind} options={kinds} />
        <QuerySearch name="text" label="With this in them" placeholder="who, what, why …" />
      </div>
      {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
      {shown.length === 0 && trouble === undefined && (isAsking ? <Looking /> : <Note>Nothing of that kind has happened.</Note>)}
      <ol className="timeline" aria-label="Events, the newest first">
        {shown.map((event, index) => (
          <Fragment key={event.id}>
            {dayOf(event) !== dayOf(shown[index - 1]) && index > 0 && (
              <li className="day">
                <h2>{dayOf(event)}</h2>
              </li>
            )}
            <EventLine event={event} titles={titles} />
          </Fragment>
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

function dayOf(event: LiveEvent | undefined): string {
  return event === undefined ? "" : momentText(event.at).slice(0, 10);
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
  const [isAsking, setAsking] = useState(true);
  const ask = async (from: string | undefined, signal?: AbortSignal) => {
    if (product === "") return;
    setAsking(true);
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
    if (signal?.aborted !== true) setAsking(false);
  };
  useEffect(() => {
    const over = new AbortController();
    void ask(undefined, over.signal);
    return () => over.abort();
  }, [product, environment, kind]); // oxlint-disable-line
  return { older, trouble, hasMore, isAsking, more: () => void ask(cursor) };
}
