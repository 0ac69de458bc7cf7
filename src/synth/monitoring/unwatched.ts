import { type Subject, completed } from "../subject.ts";
import { layoutOf } from "../layout.ts";
import { cloudHeld } from "./cloud.ts";
import { type CloudHeld, type Held, heldBy } from "./held.ts";
import { type Watch, groundOf } from "./watch.ts";
import { watchesOf } from "./watches.ts";

/** An alert of the spec that no tool and no cloud watches in an environment. */
export type Unwatched = { readonly environment: string; readonly alert: string; readonly reason: string };

/** The environments of which a page says what watches them. */
export function pagedWatches(watches: readonly Watch[]): readonly Watch[] {
  return watches.filter(
    ({ environment, rules }) =>
      groundOf(environment) !== undefined &&
      (rules.alerts.length > 0 || rules.leftOut.length > 0 || Object.keys(environment.dashboards).length > 0),
  );
}

/** What nothing watches, and why. */
export function unwatchedIn(watches: readonly Watch[], cloud: CloudHeld): readonly Unwatched[] {
  const unheld = watches.flatMap((watch) =>
    watch.rules.alerts.flatMap((rule) => {
      const held = heldBy(watch, rule, cloud);
      if (!held.every(({ exactness }) => exactness.is === "refused")) return [];
      return [{ environment: watch.environment.environment, alert: rule.name, reason: reasonOf(held) }];
    }),
  );
  const leftOut = watches.flatMap(({ environment, rules }) =>
    rules.leftOut.map(({ name, reason }) => ({ environment: environment.environment, alert: name, reason })),
  );
  return [...unheld, ...leftOut];
}

function reasonOf(held: readonly Held[]): string {
  if (held.length === 0) return "no tool of the spec watches this environment";
  const reasons = held.flatMap(({ by, exactness }) =>
    exactness.is === "exact" ? [] : [held.length > 1 ? `${by}: ${exactness.reason}` : exactness.reason],
  );
  return [...new Set(reasons)].join("; ");
}

/** What nothing watches of a product, and the page that says so. */
export function unwatched(given: Subject): { readonly page: string; readonly alerts: readonly Unwatched[] } {
  const subject = completed(given);
  const alerts = unwatchedIn(pagedWatches(watchesOf(subject)), cloudHeld);
  return { page: `${layoutOf(subject).monitoring}/README.md`, alerts };
}
