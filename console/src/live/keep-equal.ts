/** The newer value, made of the parts of the older one that are the same: what shows only those has nothing to do. */
export function keepEqual<T>(older: unknown, newer: T): T {
  if (Object.is(older, newer) || typeof older !== "object" || typeof newer !== "object") return newer;
  if (older === null || newer === null || Array.isArray(older) !== Array.isArray(newer)) return newer;
  const [was, is] = [older as Readonly<Record<string, unknown>>, newer as Record<string, unknown>];
  const keys = Object.keys(is);
  let same = keys.length === Object.keys(was).length;
  const made: Record<string, unknown> = {};
  for (const key of keys) {
    made[key] = keepEqual(was[key], is[key]);
    if (!Object.is(made[key], was[key])) same = false;
  }
  if (same) return older as T;
  return (Array.isArray(newer) ? Object.values(made) : made) as T;
}
