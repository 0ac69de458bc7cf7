import { useEffect, useState } from "react";
import { type LiveEvent, onEvent } from "./events.ts";

const mostKept = 1_000;
let recent: readonly LiveEvent[] = [];
const listeners = new Set<() => void>();

onEvent((event) => {
  if (recent.some(({ id }) => id === event.id)) return;
  recent = [event, ...recent].slice(0, mostKept);
  for (const listener of listeners) listener();
});

/** What came since the page was opened, the newest first. */
export function useRecentEvents(): readonly LiveEvent[] {
  const [events, setEvents] = useState(recent);
  useEffect(() => {
    const listener = () => setEvents(recent);
    listener();
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return events;
}
