import type { File } from "./file.ts";

// Who wrote a file stands at its top, where its form has comments.

const sentence = "Written by Gantry from the spec: change that, and run `gantry synth`.";

/** A file with the sentence in it; JSON has no place for one. */
export function marked(file: File): File {
  if (file.part) return file;
  const line = markOf(file.path);
  if (line === undefined) return file;
  const rest = file.text.split("\n");
  // A line that only counts as the first of its file stays the first.
  const kept = /^(#!|# syntax=|# yaml-language-server)/.test(rest[0] ?? "") ? rest.splice(0, 1) : [];
  return { ...file, text: [...kept, line, "", ...rest].join("\n") };
}

/** The text of a marked file without its mark. */
export function unmarked(path: string, text: string): string {
  const line = markOf(path);
  if (line === undefined) return text;
  const lines = text.split("\n");
  const at = lines.indexOf(line);
  if (at < 0 || at > 1) return text;
  lines.splice(at, lines[at + 1] === "" ? 2 : 1);
  return lines.join("\n");
}

function markOf(path: string): string | undefined {
  const sign = commentOf(path);
  return sign === "<!--" ? `<!-- ${sentence} -->` : sign && `${sign} ${sentence}`;
}

function commentOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.endsWith(".md")) return "<!--";
  if (/\.(tf|tfvars|hcl|ya?ml|sh|rego|toml|env|conf)$/.test(name)) return "#";
  if (/^(Dockerfile(\..+)?|\.env(\..+)?|\.dockerignore|.*\.dockerignore)$/.test(name)) return "#";
  return undefined;
}
