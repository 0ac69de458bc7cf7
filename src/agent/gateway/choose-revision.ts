import { randomBytes } from "node:crypto";
import { cohortOf } from "./cohort.ts";
import { headerOf, type RequestHead } from "./request-head.ts";
import type { ServiceState } from "./service-state.ts";
import type { User } from "./users.ts";

export type Chosen =
  | { readonly revision: string; readonly setCookie?: string; readonly user?: User }
  | { readonly status: 404 | 421 | 503; readonly fault: string; readonly reason: string };

const visitorCookie = "gantry-visitor";

/** A tag in the host, then the header, then the cookie, then the user's cohort, then the split. */
export function chooseRevision(
  service: ServiceState,
  head: RequestHead,
  tag: string | undefined,
  raw: readonly string[],
): Chosen {
  if (tag !== undefined) {
    const revision = Object.hasOwn(service.split.tags, tag) ? service.split.tags[tag] : undefined;
    return revision === undefined ? { status: 404, fault: "unknown-tag", reason: "nothing has this tag" } : { revision };
  }
  if (head.revision !== undefined) {
    const revision = service.named(head.revision);
    if (revision !== undefined) return { revision };
    return { status: 421, fault: "unknown-revision", reason: "the revision that x-gantry-revision names is not served here" };
  }
  if (head.cookie !== undefined) {
    const wish = cookieOf(head.cookie, "gantry-revision");
    // A browser may keep this cookie longer than the revision lives: then it is served as everybody is.
    const revision = wish === undefined ? undefined : service.named(wish);
    if (revision !== undefined) return { revision };
  }
  const { sticky, shares } = service.split;
  if (sticky !== undefined) return stickyChoice(sticky, shares, head, raw);
  const revision = service.next();
  return revision === undefined ? noRevision : { revision };
}

const noRevision = { status: 503, fault: "no-revision", reason: "no revision of this service gets traffic" } as const;

function stickyChoice(
  sticky: NonNullable<ServiceState["split"]["sticky"]>,
  shares: ServiceState["split"]["shares"],
  head: RequestHead,
  raw: readonly string[],
): Chosen {
  let user = sticky.header === undefined ? undefined : headerOf(raw, sticky.header);
  let setCookie: string | undefined;
  if (user === undefined || user === "") {
    const known = head.cookie === undefined ? undefined : cookieOf(head.cookie, visitorCookie);
    user = known !== undefined && /^[0-9a-f]{32}$/.test(known) ? known : undefined;
    if (user === undefined) {
      user = randomBytes(16).toString("hex");
      setCookie = `${visitorCookie}=${user}; Path=/; HttpOnly; SameSite=Lax`;
    }
  }
  const revision = cohortOf(user, sticky.salt, shares);
  if (revision === undefined) return noRevision;
  const { salt } = sticky;
  return setCookie === undefined
    ? { revision, user: { salt, id: user, isNew: false } }
    : { revision, setCookie, user: { salt, id: user, isNew: true } };
}

function cookieOf(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
