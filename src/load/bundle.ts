import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import type { BuildFailure, Message, Plugin } from "esbuild";
import { UserError } from "../lib/errors.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { printable } from "../lib/text.ts";
import { decode } from "./decode.ts";
import { type Marker, lineStarts, placeOf } from "./mark-source.ts";
import { shownFile } from "./shown-file.ts";
import { type Refusal, refusalOf } from "./unparsable.ts";

export const globalName = "__gantry";
export const bundleName = "gantry-spec.js";

/** Hears of every file of the spec's own that is read. */
export type OnFile = (file: string, bytes: Uint8Array) => void;

/** A spec and the files it imports as one script, with its map if wanted; nothing is written to disk. */
export async function bundleSpec(
  file: string,
  marker: Marker,
  { maps = false, onFile }: { readonly maps?: boolean; readonly onFile?: OnFile | undefined } = {},
): Promise<{ code: string; map: string }> {
  const esbuild = await import("esbuild");
  const unread: unknown[] = [];
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
      sourcemap: maps && "external",
      sourcesContent: false,
      logLevel: "silent",
      tsconfigRaw: {},
      plugins: [resolveGantry, markOwnFiles(marker, { onFile, onUnread: (error) => unread.push(error) })],
    });
    const output = (end: string) => built.outputFiles.find((one) => one.path.endsWith(end))?.text ?? "";
    return { code: output(".js"), map: output(".map") };
  } catch (error) {
    // What the system refuses is told as it said it, and not as the bundler has it.
    if (unread.length > 0) throw unread[0];
    if (!isBuildFailure(error)) throw error;
    throw new UserError("unreadable-spec", "the spec cannot be read", {
      problems: error.errors.map((message) => buildProblem(message, file)),
    });
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

type Heard = { readonly onFile: OnFile | undefined; readonly onUnread: (error: unknown) => void };

function markOwnFiles(marker: Marker, { onFile, onUnread }: Heard): Plugin {
  return {
    name: "places",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path: file }) => {
        if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
        const bytes = bytesOf(file, onUnread);
        onFile?.(file, bytes);
        const loader = /\.[cm]?ts$/.test(file) ? "ts" : file.endsWith("x") ? "tsx" : "js";
        const code = decode(bytes);
        const refusal = typeof code === "string" ? refusalOf(code) : code;
        if (refusal)
          return {
            errors: [
              {
                text: refusal.message,
                detail: {
                  refusal,
                  place: placeOf(lineStarts(bytes.toString("utf8")), refusal.offset, shownFile(file)),
                } satisfies Refused,
              },
            ],
          };
        const text = String(code);
        return { contents: marker.rewrite(file, shownFile(file), text, globalName) ?? text, loader };
      });
    },
  };
}

function bytesOf(file: string, onUnread: Heard["onUnread"]): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    onUnread(error);
    throw error;
  }
}

type Refused = { readonly refusal: Refusal; readonly place: Place };

function buildProblem(message: Message, file: string): Problem {
  if (isRefused(message.detail)) {
    const { refusal, place } = message.detail;
    return { code: refusal.code, severity: "error", path: "", places: [place], message: refusal.message, hint: refusal.hint };
  }
  return { severity: "error", path: "", places: [placeIn(message, file)], ...said(message.text) };
}

function isRefused(detail: unknown): detail is Refused {
  return typeof detail === "object" && detail !== null && "refusal" in detail;
}

/** esbuild counts a column in bytes; ours are UTF-16 units. */
function placeIn({ location }: Message, file: string): Place {
  if (!location) return { file: shownFile(file), line: 1, column: 1 };
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString("utf8");
  return {
    file: shownFile(path.resolve(path.dirname(file), location.file)),
    line: location.line,
    column: Math.max(before.length, location.lineText === "" ? location.column : 0) + 1,
  };
}

function said(text: string): Pick<Problem, "code" | "message" | "hint"> {
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  if (missing !== undefined)
    return { code: "missing-import", message: `${JSON.stringify(missing)} cannot be found`, hint: missingHint(missing) };
  if (text.startsWith("Top-level await"))
    return {
      code: "awaits",
      message: "a spec cannot await anything",
      hint: "write the value itself: a spec reads the same today and tomorrow",
    };
  const shown = printable(text);
  return {
    code: "syntax",
    message: shown.charAt(0).toLowerCase() + shown.slice(1),
    hint: "mend the syntax; an editor shows the same place",
  };
}

function missingHint(name: string): string {
  if (name.startsWith(".")) return "check the file's name and ending";
  return name.startsWith("gantry")
    ? 'everything is exported by "gantry" itself'
    : "specs need only gantry; install the package beside the spec if this one is wanted";
}
