import { createCell, useCell } from "./live/cell.ts";

// Where one is, as the part of the address behind `#`: a link to it can be sent, and no server has to know of it.

const patterns = {
  overview: "/",
  environment: "/environments/:environment",
  service: "/services/:service",
  releases: "/releases",
  release: "/environments/:environment/releases/:id",
  events: "/events",
  alerts: "/alerts",
  logs: "/logs",
  previews: "/previews",
  rehearsals: "/rehearsals",
  rehearsal: "/environments/:environment/rehearsals/:id",
  spec: "/spec",
} as const;

export type PageName = keyof typeof patterns;

type NamesIn<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;
type ParamsIn<Pattern extends string> = { readonly [Name in NamesIn<Pattern>]: string };
export type Params<Page extends PageName> = ParamsIn<(typeof patterns)[Page]>;

export type Route = {
  readonly page: PageName | "nowhere";
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
};

type Query = Readonly<Record<string, string | undefined>>;

/** `#/releases/r-1?step=2` */
export function linkTo<Page extends PageName>(page: Page, params: Params<Page>, query: Query = {}): string {
  const given = params as Readonly<Record<string, string>>;
  const path = patterns[page].replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(given[name] ?? ""));
  const said = Object.entries(query).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value]]));
  return said.length === 0 ? `#${path}` : `#${path}?${new URLSearchParams(said).toString()}`;
}

export function readRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#?/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  const query = new URLSearchParams(search);
  for (const [page, pattern] of Object.entries(patterns) as [PageName, string][]) {
    const params = fitting(pattern.split("/").filter(Boolean), parts);
    if (params !== undefined) return { page, params, query };
  }
  return { page: "nowhere", params: {}, query };
}

function fitting(pattern: readonly string[], parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (wanted.startsWith(":")) {
      try {
        params[wanted.slice(1)] = decodeURIComponent(part);
      } catch {
        return undefined;
      }
    } else if (wanted !== part) return undefined;
  }
  return params;
}

const here = createCell<Route>(readRoute(location.hash));
window.addEventListener("hashchange", () => here.set(readRoute(location.hash)));

export function useRoute(): Route {
  return useCell(here);
}

export function go(link: string): void {
  location.hash = link;
}

/** What is chosen on a page stands in its address, without a step of the history for each letter. */
export function setQuery(query: Query): void {
  const route = readRoute(location.hash);
  const next = new URLSearchParams(route.query);
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === "") next.delete(key);
    else next.set(key, value);
  }
  const [path = "#/"] = location.hash.split("?", 1);
  const text = next.toString();
  history.replaceState(undefined, "", text === "" ? path || "#/" : `${path || "#/"}?${text}`);
  here.set(readRoute(location.hash));
}
