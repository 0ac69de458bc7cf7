import { linkTo } from "../router.ts";
import { memberPath } from "./spec-path.ts";

/** The name of something that the spec has, leading to its place there. */
export function SpecLink({
  environment,
  collection,
  name,
}: {
  readonly environment: string;
  readonly collection: "alerts" | "slos";
  readonly name: string;
}) {
  return (
    <a href={linkTo("spec", {}, { environment, at: memberPath(collection, name) })} title="Its place in the spec">
      {name}
    </a>
  );
}
