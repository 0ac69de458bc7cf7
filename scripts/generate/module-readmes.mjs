// README.md of every module in terraform/: what it makes, what it takes, what it gives. The text at its top is the comment at the
// top of its main.tf.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "@cdktf/hcl2json";

const library = fileURLToPath(new URL("../../terraform/", import.meta.url));

export async function moduleReadmes() {
  const files = {};
  for (const cloud of folders(library))
    for (const module of folders(path.join(library, cloud)))
      files[`terraform/${cloud}/${module}/README.md`] = await readmeText(path.join(library, cloud, module), module);
  return files;
}

export async function readmeText(folder, name) {
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith(".tf"))
    .toSorted()
    .map((file) => [file, readFileSync(path.join(folder, file), "utf8")]);
  const parsed = await Promise.all(texts.map(([file, text]) => parse(file, text)));
  const all = (kind) => parsed.flatMap((one) => Object.entries(one[kind] ?? {}));
  const settings = parsed.flatMap((one) => one.terraform ?? []);
  const made = all("resource").flatMap(([type, ones]) => Object.keys(ones).map((label) => `${type}.${label}`));
  return `${[
    `# ${name}`,
    opening(texts.find(([file]) => file === "main.tf")?.[1] ?? ""),
    "## Requirements",
    table(["name", "version"], requirements(settings)),
    "## What it makes",
    made.length === 0
      ? "Nothing of its own."
      : made
          .toSorted()
          .map((one) => `- \`${one}\``)
          .join("\n"),
    ...section("## Inputs", ["name", "what", "type", "default"], all("variable").map(input)),
    ...section(
      "## Outputs",
      ["name", "what"],
      all("output").map(([label, [one]]) => [`\`${label}\``, `${one.description ?? ""}${one.sensitive ? " Sensitive." : ""}`]),
    ),
  ].join("\n\n")}\n`;
}

function folders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** The lines of comment that a file begins with. */
function opening(text) {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ""))
    .join("\n")
    .trim();
}

function requirements(settings) {
  const providers = settings.flatMap((one) => (one.required_providers ?? []).flatMap((all) => Object.entries(all)));
  return [
    ...settings.filter((one) => one.required_version).map((one) => ["terraform", `\`${one.required_version}\``]),
    ...providers.map(([name, { version }]) => [name, `\`${version}\``]),
  ];
}

function input([label, [one]]) {
  const checks = (one.validation ?? []).map(({ error_message: message }) => message);
  return [
    `\`${label}\``,
    [one.description ?? "", ...checks, ...(one.sensitive ? ["Sensitive."] : [])].join(" "),
    `\`${oneLine(expression(one.type ?? "any"))}\``,
    one.default === undefined ? "required" : `\`${value(one.default)}\``,
  ];
}

function expression(text) {
  return text.replace(/^\$\{([^]*)\}$/, "$1");
}

/** A type over several lines as one, without its comments. */
function oneLine(text) {
  return text
    .split("\n")
    .map((line) => line.replace(/\s*(#|\/\/).*$/, "").trim())
    .filter((line) => line !== "")
    .join(", ")
    .replace(/([{([]),/g, "$1")
    .replace(/, ([})\]])/g, " $1")
    .replace(/,,/g, ",")
    .replace(/\s+/g, " ");
}

function value(given) {
  return typeof given === "string" && /^\$\{[^]*\}$/.test(given) ? oneLine(expression(given)) : JSON.stringify(given);
}

function section(title, head, rows) {
  return rows.length === 0 ? [] : [title, table(head, rows)];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((one) => one.replaceAll("|", "\\|").replaceAll("\n", " ").trim()).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
