const here = "http://here.invalid";
const mostLength = 2_000;

/** A place of this server's own to go to; whatever could lead elsewhere leads to its first page. */
export function ownPath(given: string | undefined): string {
  if (given === undefined || given.length > mostLength || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(given)) return "/";
  const { origin, pathname, search, hash } = new URL(given, here);
  return origin === here && !pathname.startsWith("//") ? `${pathname}${search}${hash}` : "/";
}
