import type { Catalogue } from "./catalogue.ts";
import type { Surroundings } from "./transaction.ts";

/** Has names without a schema mean what the settings say: `SET search_path = shop, public`. */
export function followSearchPath(catalogue: Catalogue, { settings }: Surroundings): void {
  const said = settings.get("search_path");
  if (said === undefined || /^default$/i.test(said.trim())) catalogue.searchPath = ["public"];
  else catalogue.searchPath = entriesOf(said);
}

/** `"$user"` is a schema that hardly anybody has. */
function entriesOf(said: string): readonly string[] {
  const found = [...said.matchAll(/"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^\s,"']+)/g)].map(
    ([, double, single, bare]) => double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? (bare ?? "").toLowerCase(),
  );
  const entries = found.filter((one) => one !== "$user" && one !== "");
  return entries.length === 0 ? [""] : entries;
}
