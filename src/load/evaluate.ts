import { Console } from "node:console";
import { SourceMap, createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import { UserError } from "../lib/errors.ts";
import type { Place, Problem } from "../lib/problem.ts";
import { printable } from "../lib/text.ts";
import { meaningOf } from "../spec/node.ts";
import { bundleName, bundleSpec, globalName } from "./bundle.ts";
import { Marker } from "./mark-source.ts";
import { shownFile } from "./shown-file.ts";

const timeLimitMs = 20_000;
let evaluations = 0;

/** Runs a spec written in TypeScript or JavaScript and returns what it exports by default. Nothing is written to disk. */
export async function evaluateSpec(file: string, shownAs: string, gantry: object): Promise<unknown> {
  const marker = new Marker();
  const bundle = await bundleSpec(file, marker);
  const module = { exports: {} as Record<string, unknown> };
  const fromSpec = createRequire(file);
  const require = (name: string): unknown => (name === "gantry" ? gantry : fromSpec(name));
  const slot = `__gantry_spec_${++evaluations}`;
  const scope = globalThis as unknown as Record<string, unknown>;
  scope[slot] = { require, module, runtime: marker.runtime, console: stderrConsole() };
  // The bundle starts on the second line, so that the map's lines are one off and its columns right.
  const code = `(({ require, module, runtime: ${globalName}, console }) => { const exports = module.exports;\n${bundle.code}\n})(globalThis.${slot})`;
  const { exit } = process; // oxlint-disable-line typescript/unbound-method -- put back as it was
  process.exit = () => {
    throw new Error("process.exit() was called");
  };
  try {
    new vm.Script(code, { filename: bundleName }).runInThisContext({ timeout: timeLimitMs });
  } catch (error) {
    throw thrownProblem(error, bundle.map, file, shownAs);
  } finally {
    process.exit = exit;
    Reflect.deleteProperty(scope, slot);
  }
  return defaultExport(module.exports, shownAs);
}


/** What a spec prints while it is read is for eyes, and must not mix with a document on standard output. */
function stderrConsole(): object {
  return new Console(process.stderr, process.stderr);
}

function thrownProblem(error: unknown, map: string, file: string, shownAs: string): UserError {
  const stopped = typeof error === "object" && error !== null && (error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
  const text = stopped ? `the spec was still running after ${timeLimitMs / 1_000} seconds` : `the spec threw: ${errorText(error)}`;
  const place = stopped ? undefined : mappedPlace(error, map, file);
  const problem: Problem = {
    code: stopped ? "endless-spec" : "spec-throws",
    severity: "error",
    path: "",
    places: [place ?? { file: shownAs, line: 1, column: 1 }],
    message: text,
    hint: stopped ? "look for a loop that does not end" : missingExport(error) ?? "mend what throws; --debug shows the whole stack",
  };
  return new UserError(problem.code, problem.message, { problems: [problem], cause: error });
}

/** A name that gantry does not export is undefined when it is called. */
function missingExport(error: unknown): string | undefined {
  const name = /^\(0 , import_gantry\d*\.(\w+)\) is not a function$/.exec(errorText(error))?.[1];
  return name === undefined ? undefined : `gantry exports no ${name}`;
}

function errorText(error: unknown): string {
  try {
    const text = error instanceof Error ? error.message || error.name : typeof error === "string" ? error : (JSON.stringify(error) ?? String(error));
    const one = printable(text.split("\n", 1)[0] ?? "");
    return one.length > 300 ? `${one.slice(0, 299)}…` : one;
  } catch {
    return "something that cannot be shown";
  }
}

/** The first line of the stack that lies in the spec's own code, mapped back through the bundle. */
function mappedPlace(error: unknown, mapText: string, file: string): Place | undefined {
  if (!(error instanceof Error) || typeof error.stack !== "string") return undefined;
  const map = new SourceMap(JSON.parse(mapText) as ConstructorParameters<typeof SourceMap>[0]);
  for (const match of error.stack.matchAll(/gantry-spec\.js:(\d+):(\d+)/g)) {
    const entry = map.findEntry(Number(match[1]) - 2, Number(match[2]) - 1);
    if (!("originalSource" in entry) || !entry.originalSource) continue;
    const source = path.resolve(path.dirname(file), entry.originalSource);
    return { file: shownFile(source), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }
  return undefined;
}

function defaultExport(exports: Record<string, unknown>, shownAs: string): unknown {
  const names = Object.keys(exports).filter((name) => name !== "__esModule");
  const refuse = (code: string, message: string, hint: string): never => {
    const problem: Problem = { code, severity: "error", path: "", places: [{ file: shownAs, line: 1, column: 1 }], message, hint };
    throw new UserError(code, message, { problems: [problem] });
  };
  if (!("default" in exports)) {
    if (names.length === 0) refuse("exports-nothing", "the spec exports nothing", 'end it with export default product("name", { … })');
    refuse("exports-nothing", `the spec has no default export, only ${names.join(", ")}`, 'write export default product("name", { … })');
  }
  const given = exports["default"];
  if (given instanceof Promise || (typeof given === "object" && given !== null && typeof (given as { then?: unknown }).then === "function"))
    refuse("exports-promise", "the spec exports a promise", "a spec is read at once: export the product itself, without async");
  const product = typeof given === "object" && given !== null && meaningOf(given) && (given as { kind?: unknown }).kind === "product";
  if (!product) {
    const what = typeof given === "function" ? "a function" : given === null || typeof given !== "object" ? String(given) : Array.isArray(given) ? "a list" : "an object";
    refuse("not-a-product", `the spec exports ${printable(what).slice(0, 80)}, but has to export a product`, 'write export default product("name", { … })');
  }
  return given;
}
