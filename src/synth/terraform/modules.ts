import { UserError } from "../../lib/errors.ts";
import type { File } from "../file.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { withProvider } from "./aws/provider.ts";
import type { ModuleUse, Root } from "./root.ts";

/** The modules that roots call, as real files in the product's own folder. */
export function copiedModules(subject: Subject, layout: Layout, roots: readonly Root[]): readonly File[] {
  const used = new Map<string, ModuleUse>();
  for (const use of roots.flatMap(({ modules }) => modules)) {
    const known = used.get(use.as);
    if (known && known.from !== use.from)
      throw new UserError("same-file", `the module ${use.as} would be both ${known.from} and ${use.from}`, {
        hint: "give one of them another name: pipeline.infrastructure.modules.makes",
      });
    used.set(use.as, use);
  }
  return [...used.values()].flatMap((use) => copied(subject, layout, use));
}

function copied(subject: Subject, layout: Layout, { from, as, outputs = {} }: ModuleUse): readonly File[] {
  const files: File[] = [];
  for (const [path, text] of subject.library) {
    if (!path.startsWith(`${from}/`)) continue;
    files.push({
      path: `${layout.modules}/${as}/${path.slice(from.length + 1)}`,
      text: withProvider(subject, renamed(text, path, outputs)),
    });
  }
  if (files.length === 0) throw new Error(`the library has no module ${from}`);
  return files;
}

/** Outputs under the names that the spec gives them, in the module and in its README. */
function renamed(text: string, path: string, outputs: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(outputs);
  if (pairs.length === 0) return text;
  if (path.endsWith("/outputs.tf"))
    return text.replace(/^output "([^"]+)"/gm, (whole, name: string) =>
      Object.hasOwn(outputs, name) ? `output "${outputs[name]}"` : whole,
    );
  if (path.endsWith("/README.md")) {
    // The outputs are its last table; an input may have the name of one.
    const start = text.indexOf("\n## Outputs\n");
    return `${text.slice(0, start)}${text
      .slice(start)
      .replace(/^\| `([^`]+)` \|/gm, (whole, name: string) =>
        Object.hasOwn(outputs, name) ? `| \`${outputs[name]}\` |` : whole,
      )}`;
  }
  return text;
}
