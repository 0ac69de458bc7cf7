import { useEffect } from "react";
import { useReleases } from "../live/asked.ts";
import { useCell } from "../live/cell.ts";
import { connection } from "../live/connection.ts";
import { useNow } from "../live/clock.ts";
import type { ReleaseLine } from "../live/views.ts";
import type { Route } from "../router.ts";
import { pages } from "./pages.ts";

/** So long after it was taken back, a release is still what a tab tells first. */
const newsMs = 10 * 60_000;

type State = { readonly icon: "favicon" | "favicon-busy" | "favicon-bad"; readonly says: string };

/** The tab says what goes on while one looks elsewhere: by its title, and by its picture. It shows nothing in the page. */
export function Tab({ route, product }: { readonly route: Route; readonly product: string }): null {
  const releases = useReleases().value ?? [];
  const lost = useCell(connection).state === "lost";
  const now = useNow();
  const { icon, says } = stateOf(releases, lost, now);
  const where = whereText(route, releases);
  const title = [says, where, product === "" ? "Gantry" : product].filter((part) => part !== "").join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    document.querySelector<HTMLLinkElement>("link[rel=icon]")?.setAttribute("href", `./${icon}.svg`);
  }, [icon]);
  return null;
}

function stateOf(releases: readonly ReleaseLine[], lost: boolean, nowMs: number): State {
  if (lost) return { icon: "favicon-bad", says: "■ not connected" };
  const back = releases.find(({ phase }) => phase === "reverting");
  if (back !== undefined) return { icon: "favicon-bad", says: `■ ${back.title} goes back` };
  const under = releases.find(({ phase }) => phase === "progressing" || phase === "paused");
  if (under !== undefined)
    return {
      icon: "favicon-busy",
      says: `◐ ${under.title} ${under.phase === "paused" ? "paused" : `${Math.min(under.at + 1, under.steps)}/${under.steps}`}`,
    };
  // What was tried again since is no news any more.
  const newest = releases.toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0];
  if (newest?.phase === "degraded" && nowMs - (newest.endedAtMs ?? 0) < newsMs)
    return { icon: "favicon-bad", says: `■ ${newest.title} taken back` };
  return { icon: "favicon", says: "" };
}

function whereText({ page, params }: Route, releases: readonly ReleaseLine[]): string {
  const title = pages.find(({ of }) => (of as readonly string[]).includes(page))?.title ?? "";
  if (page === "release") return releases.find(({ id }) => id === params["id"])?.title ?? title;
  if (page === "environment" || page === "service") return params[page] ?? title;
  return title;
}
