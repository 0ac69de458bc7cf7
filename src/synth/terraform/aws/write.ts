import type { File } from "../../file.ts";
import { type Entry, attributes, block, expression, gap, hclFile } from "../../text/hcl.ts";
import type { Root } from "../root.ts";
import type { Input, Output, Part, Place } from "./place.ts";

// The files of a root from its parts.

export function rootOfParts(place: Place, parts: readonly Part[]): Root {
  const inputs = parts.flatMap((one) => one.inputs ?? []);
  const outputs = parts.flatMap((one) => one.outputs ?? []);
  const names = [...new Set(parts.filter(({ entries }) => entries.length > 0).map(({ file }) => file))];
  const bodies = names.map((file) =>
    fileOf(
      place,
      file,
      parts.flatMap((one) => (one.file === file ? one.entries : [])),
    ),
  );
  const inRepository = !isIgnored(place);
  return {
    files: [
      ...bodies,
      fileOf(
        place,
        "variables.tf",
        inputs.map((one) => declaration(one, inRepository)),
      ),
      ...(inRepository ? [values(place, inputs)] : []),
      fileOf(place, "outputs.tf", outputs.map(output)),
    ],
    modules: parts.flatMap(({ uses = [] }) => uses),
  };
}

function fileOf({ folder }: Place, file: string, entries: readonly Entry[]): File {
  return { path: `${folder}/${file}`, text: hclFile(entries) };
}

/** Where the repository keeps no values, what is no secret stands with its declaration. */
function isIgnored({ environment, layout }: Place): boolean {
  const name = layout.variables.slice(layout.variables.lastIndexOf("/") + 1);
  return (environment.files?.ignored ?? []).some((pattern) =>
    pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern,
  );
}

/** Those that have no value in the repository. */
export function openOf(inputs: readonly Input[]): readonly string[] {
  return inputs.flatMap(({ name, value }) => (value === undefined ? [name] : []));
}

function declaration({ name, description, type, value, usual }: Input, inRepository: boolean): Entry {
  const own = usual === true || !inRepository ? { default: value } : {};
  return block("variable", [name], attributes({ description, type: expression(type), ...own }));
}

function values(place: Place, inputs: readonly Input[]): File {
  const entries = inputs
    .filter(({ usual, value }) => usual !== true && value !== undefined)
    .flatMap(({ name, value }, index) => {
      const large = typeof value === "object" && value !== null;
      return [...(large && index > 0 ? [gap] : []), ...attributes({ [name]: value })];
    });
  const open = openOf(inputs);
  const given = open.length === 0 ? "" : `# Set where this is applied: ${open.map((name) => `TF_VAR_${name}`).join(", ")}.\n\n`;
  return { path: `${place.folder}/${place.layout.variables}`, text: given + hclFile(entries) };
}

function output({ name, description, value }: Output): Entry {
  return block("output", [name], attributes({ description, value }));
}
