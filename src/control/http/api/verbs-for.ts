import type { AnswerOf, Route } from "../../../api/route.ts";
import { type Right, takesText, type Where } from "../../../api/rights.ts";
import type { release } from "../../../api/schema/release.ts";
import type { Environment } from "../../../spec/environment.ts";
import { rolesOf } from "../../releases/roles.ts";
import { type Asker, may } from "./asker.ts";
import type { Offer, Verb } from "./verbs-now.ts";

type View = AnswerOf<{ readonly answers: typeof release } & Route>;
export type VerbsFor = { readonly verbs: View["verbs"]; readonly withheld: View["withheld"] };

/** Of what a release would obey, what whoever asks may say; and of the rest, why it is not for them. */
export function verbsFor(
  offers: readonly Offer[],
  asker: Asker,
  { where, roles }: { readonly where: Where; readonly roles: Environment["roles"] },
): VerbsFor {
  const verbs: View["verbs"][number][] = [];
  const withheld: View["withheld"][number][] = [];
  for (const verb of new Set(offers.map((offer) => offer.verb))) {
    const same = offers.filter((offer) => offer.verb === verb);
    const right = rightOfVerb(verb);
    const asked = same.flatMap(({ role }) => (role === undefined ? [] : [role]));
    const played = rolesOf({ roles }, asker.name);
    const mine = same.filter(({ role }) => role === undefined || played.includes(role));
    const unsaid = mine.filter(({ saidBy = [] }) => !saidBy.includes(asker.name));
    if (!may(asker, right, where)) withheld.push({ verb, because: takesText(right) });
    else if (unsaid.length > 0) verbs.push({ verb, says: unsaid.map(({ says }) => says).join("; ") });
    else if (mine.length > 0) withheld.push({ verb, because: `${asker.name} has said it already` });
    else if (asker.owner) verbs.push({ verb, says: same.map(({ says }) => says).join("; "), as: membersOf(roles, asked) });
    else withheld.push({ verb, because: `${asked.join(" or ")} have to say it, and ${asker.name} is not of them` });
  }
  return { verbs, withheld };
}

export function rightOfVerb(verb: Verb): Right {
  return verb === "approve" || verb === "reject" ? "approve" : "operate";
}

/** In whose name the owner of the machine may say it. */
function membersOf(roles: Environment["roles"], asked: readonly string[]): string[] {
  return [...new Set(asked.flatMap((role) => (Object.hasOwn(roles, role) ? (roles[role]?.members ?? []) : [])))];
}
