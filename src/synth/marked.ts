import type { File } from "./file.ts";

// Who wrote a file stands at its top, where its form has comments.

const sentence = "Written by Gantry from the spec: change that, and run `gantry synth`.";

/** A file with the sentence in it; JSON has no place for one. */
export function marked(file: File): File {
  if (file.part) return file;
  const sign = commentOf(file.path);
  if (sign === undefined) return file;
  const line = sign === "<!--" ? `<!-- ${sentence} -->` : `${sign} ${sentence}`;
  const rest = file.text.split("\n");
  // A line that only counts as the first of its file stays the first.
  const kept = /^(#!|# syntax=|# yaml-language-server)/.test(rest[0] ?? "") ? rest.splice(0, 1) : [];
  const between = sign === "<!--" || /^\s*#/.test(rest[0] ?? "") ? [""] : [];
  return { ...file, text: [...kept, line, ...between, ...rest].join("\n") };
}

function commentOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.endsWith(".md")) return "<!--";
  if (/\.(tf|tfvars|hcl|ya?ml|sh|rego|toml|env|conf)$/.test(name)) return "#";
  if (/^(Dockerfile(\..+)?|\.env(\..+)?|\.dockerignore|.*\.dockerignore)$/.test(name)) return "#";
  return undefined;
}
