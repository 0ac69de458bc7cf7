import type { ReleaseView } from "../live/views.ts";
import { countText, numberText, shareText } from "../words/numbers.ts";

type Users = { readonly seen: number; readonly failed: number; readonly more?: true };

/** How many requests and users the new revisions have answered and failed: a sentence for each service that had any. */
export function hitTexts({ exposure }: Pick<ReleaseView, "exposure">): readonly string[] {
  return Object.entries(exposure).flatMap(([service, { requests, errors, ...more }]) => {
    if (requests <= 0) return [];
    const failed =
      errors === 0
        ? `failed none of ${countText(requests, "request")}`
        : `failed ${numberText(errors)} of ${countText(requests, "request")} (${shareText(errors / requests)})`;
    const users = usersOf(more["users"]);
    if (users === undefined || users.seen === 0) return [`the new ${service} ${failed}`];
    const people = `${numberText(users.seen)}${users.more === true ? " or more" : ""} users`;
    return [`the new ${service} ${failed}, and ${numberText(users.failed)} of ${people}`];
  });
}

function usersOf(found: unknown): Users | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const { seen, failed, more } = found as Partial<Users>;
  if (typeof seen !== "number" || typeof failed !== "number") return undefined;
  return { seen, failed, ...(more === true ? { more } : {}) };
}
