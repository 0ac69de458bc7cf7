import type { ReleaseLine } from "../live/views.ts";

/** How people call a revision: by the version that a release brought it under. */
export type Versions = (environment: string, revision: string) => string;

export function versionsIn(releases: readonly ReleaseLine[]): Versions {
  const known = new Map<string, string>();
  for (const { environment, changes } of releases.toReversed())
    for (const { to, version } of changes) known.set(`${environment} ${to}`, version);
  return (environment, revision) => known.get(`${environment} ${revision}`) ?? shortRevision(revision);
}

/** `api-1a2b3c4d5e` without the service, which stands beside it. */
export function shortRevision(revision: string): string {
  return revision.slice(revision.lastIndexOf("-") + 1);
}
