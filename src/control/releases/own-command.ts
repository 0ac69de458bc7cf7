import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";

type Migrations = NonNullable<Extract<Environment["resources"][string], { readonly kind: "postgres" }>["migrations"]>;

/**
 * What migrates a database by a command of the product's: it decides itself what it runs, so nobody here has judged that, also where the
 * spec says what may be taken away.
 */
export function unjudged({
  apply,
  destructive,
  reversibleOnly,
}: Pick<Migrations, "apply" | "destructive" | "reversibleOnly">): string {
  const policies = [
    ...(destructive === undefined ? [] : [`destructive: ${JSON.stringify(destructive)}`]),
    ...(reversibleOnly === true ? ["reversibleOnly"] : []),
  ];
  const unheld = policies.length === 0 ? "" : `, and ${listed(policies)} not held to`;
  return `${apply ?? "a command of its own"} migrates it: what that takes away is not judged here${unheld}`;
}
