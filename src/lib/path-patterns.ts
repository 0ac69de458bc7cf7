/** Whether a path is one of these: `/exact`, or `/prefix/*`, which takes `/prefix` too. */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const pattern of patterns) {
    if (!pattern.endsWith("/*")) exact.add(pattern);
    else {
      prefixes.push(pattern.slice(0, -1));
      exact.add(pattern.slice(0, -2) || "/");
    }
  }
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix));
}

export type PathMatchers = ReadonlyMap<string, (path: string) => boolean>;

/** For each service that something is said of, whether a path is one of its. */
export function createPathMatchers(all: readonly { readonly service: string; readonly path: string }[]): PathMatchers {
  const paths = new Map<string, string[]>();
  for (const { service, path } of all) paths.set(service, [...(paths.get(service) ?? []), path]);
  return new Map(Array.from(paths, ([service, some]) => [service, createPathMatcher(some)]));
}
