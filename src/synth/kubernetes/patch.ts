import { Noted, type YamlValue } from "../text/yaml.ts";
import type { Fields, Manifest } from "./manifest.ts";

// What an environment has otherwise than the base, as a patch that kustomize merges.

/** Lists that kustomize merges item by item, where a patch means to replace them. */
const mergedLists = new Set(["containers", "env", "initContainers", "ports", "topologySpreadConstraints", "volumeMounts"]);
const namedLists = new Set(["containers", "initContainers"]);

/** Undefined where both are the same. */
export function patchOf(base: Manifest, wanted: Manifest): Fields | undefined {
  const { apiVersion, kind, metadata } = wanted;
  const found = differences(base, wanted);
  if (found === undefined) return undefined;
  const { metadata: changed, ...rest } = found;
  return { apiVersion, kind, metadata: { name: metadata.name, ...(isFields(changed) ? changed : {}) }, ...rest };
}

function differences(base: Fields, wanted: Fields): Fields | undefined {
  const changed: Record<string, YamlValue> = {};
  for (const key of Object.keys(base)) if (base[key] !== undefined && wanted[key] === undefined) changed[key] = null;
  for (const [key, value] of Object.entries(wanted)) {
    const found = value === undefined ? undefined : difference(key, plain(base[key]), value);
    if (found !== undefined) changed[key] = found;
  }
  return Object.keys(changed).length === 0 ? undefined : changed;
}

function difference(key: string, before: YamlValue | undefined, value: YamlValue): YamlValue | undefined {
  const after = plain(value);
  if (before === undefined) return value;
  if (isFields(before) && isFields(after)) return differences(before, after);
  if (isSame(before, after)) return undefined;
  if (!isList(before) || !isList(after)) return value;
  if (namedLists.has(key) && names(before).join("\n") === names(after).join("\n"))
    return after.flatMap((one, index) => {
      const inner = differences(plain(before[index]) as Fields, plain(one) as Fields);
      return inner === undefined ? [] : [{ name: (plain(one) as Fields)["name"], ...inner }];
    });
  if (key === "volumes") return changedByName(before, after);
  return mergedLists.has(key) ? [{ $patch: "replace" }, ...after] : after;
}

/** Item by item, as components have added items of their own. */
function changedByName(before: readonly YamlValue[], after: readonly YamlValue[]): readonly YamlValue[] {
  const removed = names(before).filter((name) => !names(after).includes(name));
  const replaced = after.filter((one) => !before.some((other) => isSame(other, one)));
  return [
    ...removed.map((name) => ({ name, $patch: "delete" })),
    ...replaced.map((one) => ({
      ...(plain(one) as Fields),
      ...(names(before).includes(names([one])[0] ?? "") ? { $patch: "replace" } : {}),
    })),
  ];
}

function names(list: readonly YamlValue[]): readonly string[] {
  return list.map((one) => String((plain(one) as Fields)["name"]));
}

function plain(value: YamlValue | undefined): YamlValue | undefined {
  return value instanceof Noted ? plain(value.value) : value;
}

/** Comments make no difference. */
function isSame(one: YamlValue | undefined, other: YamlValue | undefined): boolean {
  const [a, b] = [plain(one), plain(other)];
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isFields(a) || !isFields(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
}

function isFields(value: YamlValue | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Noted);
}

function isList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}
