import { refName } from "./derive.ts";

type Channel = { readonly kind: string; readonly address: string; readonly key?: unknown };

/** The secret that opens a channel: the one that the spec names, else one called after it. All mail goes through one server. */
export function channelSecret({ kind, address, key }: Channel): string {
  const named = refName(key, "secrets");
  if (named !== undefined) return named;
  if (kind === "email") return "smtp-url";
  const slug = address
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${kind}-${slug}`.slice(0, 63).replace(/-+$/, "");
}
