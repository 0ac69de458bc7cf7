/** "API error rate" as "ApiErrorRate": what every back end takes for a name. */
export function idOf(name: string): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  const joined = words
    .map((word) => `${word.charAt(0).toUpperCase()}${isShouted(word) ? word.slice(1).toLowerCase() : word.slice(1)}`)
    .join("");
  return /^[A-Za-z]/.test(joined) ? joined : `Alert${joined}`;
}

function isShouted(word: string): boolean {
  return word.length > 1 && word === word.toUpperCase() && /[A-Z]/.test(word);
}

/** Ids that are taken get a number: two names may differ only in what an id cannot hold. */
export function createIds(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const id = idOf(name);
    let free = id;
    for (let number = 2; taken.has(free); number++) free = `${id}${number}`;
    taken.add(free);
    return free;
  };
}
