import type { EventView } from "./schema/event.ts";

/** How it is known who it was, as whoever reads of it is told. */
export const knownBy: Readonly<Record<NonNullable<EventView["actor"]["known"]>, string>> = {
  asserted: "says so",
  ci: "pipeline",
  login: "logged in here",
  link: "by link",
  token: "by token",
  oidc: "proved",
};
