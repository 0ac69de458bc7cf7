import { UserError } from "../../lib/errors.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";
import type { Watch } from "./watch.ts";

type Body = Readonly<Record<string, unknown>>;

/** The environment that a request is about, which has to be watched. */
export function watchedIn(watch: Watch) {
  const watched = (name: string): EnvironmentWatch => {
    const found = watch.of(name);
    if (found === undefined)
      throw new UserError("unknown-environment", `${JSON.stringify(name)} is not watched`, { hint: "gantry up starts it" });
    return found;
  };
  return {
    asked: (query: URLSearchParams) => watched(query.get("environment") ?? ""),
    said: (body: Body) => watched(textOf(body, "environment")),
  };
}

export function textOf(body: Readonly<Record<string, unknown>>, key: string): string {
  const value = body[key];
  if (typeof value !== "string" || value === "") throw new UserError("usage", `${key} is to be given`);
  return value;
}
