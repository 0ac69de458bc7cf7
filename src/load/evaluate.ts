import { Console } from "node:console";
import { SourceMap, createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import { GantryError, UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { textWithoutSecrets } from "../lib/secrets.ts";
import { printable, shown } from "../lib/text.ts";
import { describe } from "../spec/describe.ts";
import { meaningOf } from "../spec/node.ts";
import { type OnFile, bundleName, bundleSpec, globalName } from "./bundle.ts";
import { Marker } from "./mark-source.ts";
import { shownFile } from "./shown-file.ts";

/** Set by tests, which have no patience for a spec that does not end. */
const timeLimitMs = Number(process.env["GANTRY_SPEC_TIMEOUT_MS"]) || 20_000;
let evaluations = 0;

/**
 * Runs a spec written in TypeScript or JavaScript, and reads the product that it exports by default; `read` runs under the same
 * guard, as it may call what the spec wrote: getters, the traps of a proxy. Nothing is written to disk.
 */
export async function evaluateSpec<T = unknown>(
  file: string,
  shownAs: string,
  gantry: object,
  read: (product: object) => T = (product) => product as T,
  onFile?: OnFile,
): Promise<T> {
  const marker = new Marker();
  const bundle = await bundleSpec(file, marker, { onFile });
  const thrown = async (error: unknown) => {
    if (codeOf(error) === "ERR_SCRIPT_EXECUTION_INTERRUPTED")
      return new UserError("interrupted", "broken off while the spec was read", { hint: "nothing was written; call it again" });
    const { map } = await bundleSpec(file, new Marker({ maps: true }), { maps: true });
    return thrownProblem(error, { map, file, shownAs, gantry });
  };
  const module = { exports: {} as Record<string, unknown> };
  const fromSpec = createRequire(file);
  const require = (name: string): unknown => (name === "gantry" ? gantry : fromSpec(name));
  const scope = { require, module, runtime: marker.runtime, console: new Console(process.stderr, process.stderr), later };
  // The bundle starts on the second line, so that the map's lines are one off and its columns right.
  const code = `(({ require, module, runtime: ${globalName}, console, later: { setTimeout, setInterval, setImmediate } }) => { const exports = module.exports; (() => {\n${bundle.code}\n})(); })`;
  const failed = await guarded(code, scope);
  if (failed) throw await thrown(failed.error);
  const found: T[] = [];
  const unread = await guarded(
    "(run) => run()",
    () => void found.push(read(defaultExport(module.exports, marker.exportedAt(file) ?? { file: shownAs, line: 1, column: 1 }))),
  );
  if (unread) throw unread.error instanceof GantryError || !isOfSpec(unread.error) ? unread.error : await thrown(unread.error);
  return found[0] as T;
}

/** Whether code of the spec's own threw this, called by what read it. */
function isOfSpec(error: unknown): boolean {
  const stack = stackOf(error);
  if (stack === undefined || codeOf(error)?.startsWith("ERR_SCRIPT_EXECUTION_") === true) return true;
  const innermost = /^\s+at (?!.*(?:<anonymous>|native))(.*)$/m.exec(stack)?.[1] ?? "";
  return innermost.includes(bundleName) || / proxy\b/.test(errorText(error));
}

/** A spec is read at once, and what it starts for later would keep the command from ending. */
const later = Object.fromEntries(
  ["setTimeout", "setInterval", "setImmediate"].map((name) => [
    name,
    () => {
      throw new Error(`${name}() cannot be used in a spec: it is read at once`);
    },
  ]),
);

type Failed = { readonly error: unknown };

/**
 * Runs a spec, which meanwhile cannot end the process, and whose prints go to where people look, as standard output may hold a
 * document. Promises that it leaves behind are waited for by one turn; what was thrown first is returned.
 */
async function guarded(code: string, given: unknown): Promise<Failed | undefined> {
  let failed: Failed | undefined;
  const note = (error: unknown) => void (failed ??= { error });
  const giveBack = takeOver();
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  const slot = `__gantry_${++evaluations}`;
  const scope = globalThis as unknown as Record<string, unknown>;
  scope[slot] = given;
  try {
    new vm.Script(`(${code})(globalThis.${slot})`, { filename: bundleName }).runInThisContext({
      timeout: timeLimitMs,
      breakOnSigint: true,
    });
  } catch (error) {
    note(error);
  } finally {
    Reflect.deleteProperty(scope, slot);
  }
  await new Promise((resolve) => void setImmediate(resolve));
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  giveBack();
  return failed;
}

// Specs may be read side by side: the first to come takes over, the last to go gives back.
let readers = 0;
let originals: { readonly exit: typeof process.exit; readonly write: typeof process.stdout.write } | undefined;

function takeOver(): () => void {
  if (readers++ === 0) {
    originals = { exit: process.exit, write: process.stdout.write }; // oxlint-disable-line typescript/unbound-method -- put back as they were
    process.exit = () => {
      throw new Error("process.exit() was called");
    };
    process.stdout.write = process.stderr.write.bind(process.stderr);
  }
  return () => {
    if (--readers > 0 || !originals) return;
    process.exit = originals.exit;
    process.stdout.write = originals.write;
  };
}

type Evaluated = { readonly map: string; readonly file: string; readonly shownAs: string; readonly gantry: object };

function thrownProblem(error: unknown, { map, file, shownAs, gantry }: Evaluated): UserError {
  const stopped = isTimeout(error);
  const text = stopped
    ? `the spec was still running after ${timeLimitMs / 1_000} seconds`
    : `the spec threw: ${errorText(error)}`;
  const place = stopped ? undefined : mappedPlace(error, map, file);
  const problem: Problem = {
    code: stopped ? "endless-spec" : "spec-throws",
    severity: "error",
    path: "",
    places: [place ?? { file: shownAs, line: 1, column: 1 }],
    message: text,
    hint: stopped
      ? "look for a loop that does not end"
      : (likelyMend(errorText(error), gantry) ?? "mend what throws; --debug shows the whole stack"),
  };
  return new UserError(problem.code, problem.message, { problems: [problem], cause: error });
}

function isTimeout(error: unknown): boolean {
  return codeOf(error) === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** What is behind the mistakes that are made most. */
function likelyMend(text: string, gantry: object): string | undefined {
  // A name that gantry does not export is undefined when it is called.
  const unexported = /^\(0 , import_gantry\d*\.(\w+)\) is not a function$/.exec(text)?.[1];
  if (unexported !== undefined) return `gantry exports no ${unexported}${hinted(didYouMean(unexported, Object.keys(gantry)))}`;
  const undefinedName = /^(\w+) is not defined$/.exec(text)?.[1];
  if (undefinedName !== undefined && Object.hasOwn(gantry, undefinedName))
    return `add ${undefinedName} to what is imported from "gantry"`;
  if (undefinedName !== undefined)
    return `define ${undefinedName}, or import it${hinted(didYouMean(undefinedName, Object.keys(gantry)))}`;
  const early = /^Cannot access '(\w+)' before initialization$/.exec(text)?.[1];
  return early === undefined ? undefined : `move ${early} up: it is used above the line that makes it`;
}

function hinted(guess: string | undefined): string {
  return guess?.startsWith("did") ? `; ${guess}` : "";
}

function errorText(error: unknown): string {
  try {
    const text =
      error instanceof Error
        ? error.message || error.name
        : typeof error === "string"
          ? error
          : (JSON.stringify(error) ?? String(error));
    const one = printable(textWithoutSecrets(text.split("\n", 1)[0] ?? ""));
    return one.length > 300 ? `${one.slice(0, 299)}…` : one;
  } catch {
    return "something that cannot be shown";
  }
}

/** The first line of the stack that lies in the spec's own code, mapped back through the bundle. */
function mappedPlace(error: unknown, mapText: string, file: string): Place | undefined {
  const stack = stackOf(error);
  if (stack === undefined) return undefined;
  const map = new SourceMap(JSON.parse(mapText) as ConstructorParameters<typeof SourceMap>[0]);
  for (const match of stack.matchAll(/gantry-spec\.js:(\d+):(\d+)/g)) {
    const entry = map.findEntry(Number(match[1]) - 2, Number(match[2]) - 1);
    if (!("originalSource" in entry) || !entry.originalSource) continue;
    const source = path.resolve(path.dirname(file), entry.originalSource);
    return { file: shownFile(source), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }
  return undefined;
}

/** Whoever throws may throw anything, also an error whose stack throws. */
function stackOf(error: unknown): string | undefined {
  try {
    return error instanceof Error && typeof error.stack === "string" ? error.stack : undefined;
  } catch {
    return undefined;
  }
}

function defaultExport(exported: unknown, place: Place): object {
  const exports = typeof exported === "object" && exported !== null ? (exported as Record<string, unknown>) : {};
  const names = Object.keys(exports).filter((name) => name !== "__esModule");
  const refuse = (code: string, message: string, hint: string): never => {
    const problem: Problem = { code, severity: "error", path: "", places: [place], message, hint };
    throw new UserError(code, message, { problems: [problem] });
  };
  if (!("default" in exports)) {
    if (names.length === 0)
      refuse("exports-nothing", "the spec exports nothing", 'end it with export default product("name", { … })');
    refuse(
      "exports-nothing",
      `the spec has no default export, only ${names.join(", ")}`,
      'write export default product("name", { … })',
    );
  }
  const given = exports["default"];
  if (typeof given === "object" && given !== null && meaningOf(given) && (given as { kind?: unknown }).kind === "product")
    return given;
  if (
    given instanceof Promise ||
    (typeof given === "object" && given !== null && typeof (given as { then?: unknown }).then === "function")
  )
    refuse("exports-promise", "the spec exports a promise", "a spec is read at once: export the product itself, without async");
  return refuse(
    "not-a-product",
    `the spec exports ${described(given)}, but has to export a product`,
    'write export default product("name", { … })',
  );
}

function described(given: unknown): string {
  if (typeof given === "function") return "a function";
  if (typeof given !== "object" || given === null) return shown(given, 80);
  return describe(given);
}
