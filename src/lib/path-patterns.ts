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
