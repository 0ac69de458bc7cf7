import { didYouMean } from "../../lib/nearest.ts";
import type { Path } from "../../lib/paths.ts";
import { shown } from "../../lib/text.ts";
import { refName } from "../derive.ts";
import type { Collection } from "../node.ts";
import { singular } from "../singular.ts";
import { type EnvironmentContext, type ProductContext, entries } from "./context.ts";

type Data = Readonly<Record<string, unknown>>;

/** Whatever is referred to exists. Specs in TypeScript cannot get this wrong by much; data can. */
export function checkReferences({ product, report }: ProductContext): void {
  const all = product as unknown as Record<string, Data | undefined>;
  eachReference(product, [], (ref, path) => {
    const [collection, name] = splitRef(ref);
    if (Object.hasOwn(all[collection] ?? {}, name)) return;
    const known = Object.keys(all[collection] ?? {});
    const elsewhere = Object.keys(singular).find((other) => other !== collection && Object.hasOwn(all[other] ?? {}, name));
    const hint =
      didYouMean(name, known) ??
      (elsewhere
        ? `${name} is a ${singular[elsewhere as Collection]}: write ${elsewhere}.${name}`
        : "make one, or leave this out");
    report("unknown-reference", path, `there is no ${singular[collection as Collection] ?? collection} ${shown(name)}`, hint);
  });
  for (const [name, environment] of entries(product.environments)) {
    const cases =
      "switch" in environment
        ? entries(environment.cases).map(([key, one]) => [["environments", name, "cases", key], one] as const)
        : [[["environments", name], environment] as const];
    for (const [path, one] of cases)
      for (const [collection, changes] of entries(one.overrides as Record<string, Data> | undefined))
        for (const member of Object.keys(changes))
          if (!Object.hasOwn(all[collection] ?? {}, member))
            report(
              "unknown-reference",
              [...path, "overrides", collection, member],
              `${name} changes the ${singular[collection as Collection]} ${shown(member)}, which the product does not have`,
              didYouMean(member, Object.keys(all[collection] ?? {})) ?? "leave the change out",
              { part: "key" },
            );
  }
}

/** What an environment refers to is there, in that environment. */
export function checkPresence({ here, report, product }: EnvironmentContext): void {
  const all = here as unknown as Record<string, Data | undefined>;
  const copes = new Set(
    entries(here.services).flatMap(([name, service]) => (service.copesWithout ?? []).map((one) => `${name} ${one.ref}`)),
  );
  const absent = new Set<string>();
  for (const collection of Object.keys(singular)) {
    if (collection === "environments") continue;
    for (const name of Object.keys((product as unknown as Record<string, Data | undefined>)[collection] ?? {}))
      if (!Object.hasOwn(all[collection] ?? {}, name)) absent.add(`${collection}.${name}`);
  }
  if (absent.size === 0) return;
  for (const collection of [
    "services",
    "resources",
    "domain",
    "standby",
    "runbooks",
    "alerts",
    "slos",
    "uptime",
    "tenants",
    "resets",
    "release",
    "limits",
    "previews",
    "data",
    "offHours",
    "flags",
    "exercises",
  ]) {
    eachReference(all[collection], [collection], (ref, path) => {
      if (!absent.has(ref) || (collection === "services" && copes.has(`${String(path[1])} ${ref}`))) return;
      const [kind, name] = splitRef(ref);
      report(
        "absent-here",
        path,
        `${pathStart(path)} needs the ${singular[kind as Collection]} ${shown(name)}, which ${here.environment} does not have`,
        "keep it in this environment, or leave out what needs it too",
      );
    });
  }
}

function pathStart(path: Path): string {
  return typeof path[1] === "string" && path[0] !== "release"
    ? `the ${singular[path[0] as Collection] ?? String(path[0])} ${shown(path[1])}`
    : `its ${String(path[0])}`;
}

/** Nothing needs itself, however far around. */
export function checkCycles({ product, report }: ProductContext): void {
  const graphs: { what: string; path: (name: string) => Path; edges: Map<string, string[]> }[] = [
    {
      what: "service",
      path: (name) => ["services", name, "uses"],
      edges: new Map(entries(product.services).map(([name, one]) => [name, names(one.uses, "services")])),
    },
    {
      what: "resource",
      path: (name) => ["resources", name],
      edges: new Map(
        entries(product.resources).map(([name, one]) => [
          name,
          names(
            Object.values(one).filter((value) => typeof value === "object"),
            "resources",
          ),
        ]),
      ),
    },
    {
      what: "check",
      path: (name) => ["checks", name, "needs"],
      edges: new Map(entries(product.checks).map(([name, one]) => [name, names(one.needs, "checks")])),
    },
    {
      what: "environment",
      path: (name) => ["environments", name],
      edges: new Map(entries(product.environments).map(([name, one]) => [name, environmentNeeds(one)])),
    },
  ];
  for (const { what, path, edges } of graphs) {
    for (const circle of circles(edges)) {
      const told = [...circle, circle[0] ?? ""].join(" → ");
      report(
        "cyclic-reference",
        path(circle[0] ?? ""),
        circle.length === 1 ? `the ${what} ${circle[0]} needs itself` : `these ${what}s need each other: ${told}`,
        "one of them has to come first: take one of these needs out",
        { part: "key" },
      );
    }
  }
}

/** What an environment is only held against; that may go both ways. */
const compared = new Set(["mirrors", "isolated"]);

function environmentNeeds(environment: unknown): string[] {
  const needs: string[] = [];
  const visit = (value: unknown, key: string): void => {
    const name = refName(value, "environments");
    if (name !== undefined && key === "environment") needs.push(name);
    if (typeof value === "object" && value !== null)
      for (const [inner, below] of Object.entries(value)) if (!compared.has(inner)) visit(below, inner);
  };
  visit(environment, "");
  return needs;
}

function names(refs: readonly unknown[] | undefined, collection: string): string[] {
  return (refs ?? []).flatMap((one) => refName(one, collection) ?? []);
}

/** The circles of a graph, each once, starting at its first name. Iterative: a product may be deep. */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, "open" | "done">();
  const found: string[][] = [];
  for (const start of [...edges.keys()].toSorted()) {
    if (state.has(start)) continue;
    const stack: { name: string; next: number }[] = [{ name: start, next: 0 }];
    state.set(start, "open");
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (!top) break;
      const target = edges.get(top.name)?.[top.next++];
      if (target === undefined) {
        state.set(top.name, "done");
        stack.pop();
      } else if (state.get(target) === "open") {
        const circle = stack.slice(stack.findIndex((one) => one.name === target)).map((one) => one.name);
        const least = circle.indexOf(circle.toSorted()[0] ?? "");
        found.push([...circle.slice(least), ...circle.slice(0, least)]);
      } else if (!state.has(target) && edges.has(target)) {
        state.set(target, "open");
        stack.push({ name: target, next: 0 });
      }
    }
  }
  return found;
}

function splitRef(ref: string): [collection: string, name: string] {
  const dot = ref.indexOf(".");
  return [ref.slice(0, dot), ref.slice(dot + 1)];
}

function eachReference(value: unknown, path: Path, visit: (ref: string, path: Path) => void): void {
  if (typeof value !== "object" || value === null) return;
  if ("ref" in value && typeof value.ref === "string" && Object.hasOwn(singular, splitRef(value.ref)[0])) visit(value.ref, path);
  if (Array.isArray(value)) for (const [index, one] of value.entries()) eachReference(one, [...path, index], visit);
  else for (const [key, one] of Object.entries(value)) if (typeof one === "object") eachReference(one, [...path, key], visit);
}
