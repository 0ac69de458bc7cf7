import type { EventView } from "./views.ts";

/** One fact of the log, as the stream brings it. */
export type LiveEvent = EventView;

const listeners = new Set<(event: LiveEvent) => void>();

export function onEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellEvent(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

/** A release has changed without anything for the log: a share that grew, a gate that answered. */
export type Moved = { readonly id: string; readonly product: string; readonly environment: string };

const followers = new Set<(moved: Moved) => void>();

export function onMoved(follower: (moved: Moved) => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

export function tellMoved(moved: Moved): void {
  for (const follower of followers) follower(moved);
}
