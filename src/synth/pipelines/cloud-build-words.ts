import { identifier } from "../names.ts";
import { inDoubleQuotes, word } from "../text/shell.ts";
import { type Source, type Value, partsOf } from "./model.ts";

// The words of Cloud Build: how a value stands in a step's environment, and how in its script.

export type Used = { readonly substitutions: Set<string>; readonly secrets: Set<string> };

export const outputs = "/workspace/.outputs";

/** For `env`, where Cloud Build puts values in. */
export function substituted(value: Value, row: Readonly<Record<string, string>>, used: Used): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? escaped(one) : substitution(one, row, used)))
    .join("");
}

export function escaped(given: string): string {
  return given.replaceAll("$", () => "$$");
}

export function substitution(source: Source, row: Readonly<Record<string, string>>, used: Used): string {
  const own = (name: string) => {
    used.substitutions.add(name);
    return `\${${name}}`;
  };
  switch (source.from) {
    case "commit":
      return "$COMMIT_SHA";
    case "run":
      return "$BUILD_ID";
    case "pull request":
      return own("_PR_NUMBER");
    case "version":
      return own("_VERSION");
    case "tag":
      return "$TAG_NAME";
    case "variable":
      return own(`_${identifier(source.name).toUpperCase()}`);
    case "each":
      return escaped(row[source.name] ?? "");
    // The machine's own address, both from its containers and beside them.
    case "host":
      return "172.17.0.1";
    case "issuer":
      return "https://accounts.google.com";
    case "signer":
      return "^.+@$PROJECT_ID\\.iam\\.gserviceaccount\\.com$$";
    case "link":
      return "https://console.cloud.google.com/cloud-build/builds/$BUILD_ID?project=$PROJECT_ID";
    case "status":
      return "failure";
    default:
      return "";
  }
}

/** One word of a script. */
export function shellWord(value: Value): string {
  return typeof value === "string" ? word(value) : `"${inShell(value)}"`;
}

/** For a script: what is late is read from where the earlier step has put it; all else comes in by the step's environment. */
export function inShell(value: Value): string {
  return partsOf(value)
    .map((one) => {
      if (typeof one === "string") return inDoubleQuotes(one);
      switch (one.from) {
        case "own":
          return `$${one.name}`;
        case "job":
          return `$(cat ${outputs}/${one.job}.${one.name})`;
        case "started":
          return "$(git show --no-patch --format=%cI HEAD)";
        default:
          throw new RangeError(`${one.from} has no word of its own in a shell`);
      }
    })
    .join("");
}
