import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import type { BuildFailure, Message, Plugin } from "esbuild";
import { UserError } from "../lib/errors.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { printable } from "../lib/text.ts";
import type { Marker } from "./mark-source.ts";
import { shownFile } from "./shown-file.ts";

export const globalName = "__gantry";
export const bundleName = "gantry-spec.js";
const deepestBrackets = 1_000;

/** A spec and the files it imports as one script, with its map; nothing is written to disk. */
export async function bundleSpec(file: string, marker: Marker): Promise<{ code: string; map: string }> {
  const esbuild = await import("esbuild");
  try {
    const built = await esbuild.build({
      entryPoints: [file],
      absWorkingDir: path.dirname(file),
      bundle: true,
      write: false,
      outfile: bundleName,
      format: "cjs",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      sourcesContent: false,
      logLevel: "silent",
      tsconfigRaw: {},
      plugins: [resolveGantry, markOwnFiles(marker)],
    });
    const output = (end: string) => built.outputFiles.find((one) => one.path.endsWith(end))?.text ?? "";
    return { code: output(".js"), map: output(".map") };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new UserError("unreadable-spec", "the spec cannot be read", { problems: error.errors.map((message) => buildProblem(message, file)) });
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** The running Gantry stands in for the package, so that a spec's folder needs none. */
const resolveGantry: Plugin = {
  name: "gantry",
  setup(build) {
    build.onResolve({ filter: /^gantry$/ }, () => ({ path: "gantry", external: true }));
    build.onResolve({ filter: /^(?:node:)/ }, ({ path: name }) => (isBuiltin(name) ? { path: name, external: true } : undefined));
  },
};

function markOwnFiles(marker: Marker): Plugin {
  return {
    name: "places",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path: file }) => {
        if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
        const code = readFileSync(file, "utf8");
        const loader = /\.[cm]?ts$/.test(file) ? "ts" : file.endsWith("x") ? "tsx" : "js";
        const refusal = unreadable(code);
        if (refusal) return { errors: [{ text: refusal.text, location: { file, line: refusal.line, column: 0 } }] };
        return { contents: marker.rewrite(file, shownFile(file), code, globalName) ?? code, loader };
      });
    },
  };
}

/** What no parser should be handed: the bytes of something that is not text, and nesting that exhausts its stack. */
function unreadable(code: string): { text: string; line: number } | undefined {
  const lineOf = (offset: number) => code.slice(0, offset).split("\n").length;
  const nul = code.indexOf("\0");
  if (nul >= 0) return { text: "this file holds a NUL byte, so it is not text", line: lineOf(nul) };
  if (code.length > 4 * 2 ** 20) return { text: "this file is larger than 4 MiB", line: 1 };
  let depth = 0;
  let run = 0;
  for (let at = 0; at < code.length; at++) {
    const character = code[at];
    if (character === "(" || character === "[" || character === "{") depth++;
    else if (character === ")" || character === "]" || character === "}") depth--;
    run = character === "!" || character === "~" || character === "-" || character === "+" ? run + 1 : 0;
    if (depth > deepestBrackets || run > deepestBrackets) return { text: `this file is nested more than ${deepestBrackets} levels deep`, line: lineOf(at) };
  }
  return undefined;
}

function buildProblem(message: Message, file: string): Problem {
  const { location } = message;
  const place: Place = location
    ? { file: shownFile(path.resolve(path.dirname(file), location.file)), line: location.line, column: location.column + 1 }
    : { file: shownFile(file), line: 1, column: 1 };
  const missing = /^Could not resolve "(.*)"$/.exec(message.text)?.[1];
  const code = missing !== undefined ? "missing-import" : message.text.startsWith("Top-level await") ? "awaits" : "syntax";
  const text = printable(message.text);
  return {
    code,
    severity: "error",
    path: "",
    places: [place],
    message: missing !== undefined ? `${JSON.stringify(missing)} cannot be found` : code === "awaits" ? "a spec cannot await anything" : text.charAt(0).toLowerCase() + text.slice(1),
    hint:
      missing === undefined
        ? code === "awaits"
          ? "write the value itself: a spec reads the same today and tomorrow"
          : "mend the syntax; an editor shows the same place"
        : missing.startsWith(".")
          ? "check the file's name and ending"
          : missing.startsWith("gantry")
            ? 'everything is exported by "gantry" itself'
            : "specs need only gantry; install the package beside the spec if this one is wanted",
  };
}
