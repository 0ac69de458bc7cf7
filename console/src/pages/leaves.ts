export type Leaf = { readonly path: string; readonly text: string };

/** Each value with its path; a reference is one value. */
export function leavesOf(value: unknown, path = ""): readonly Leaf[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0)
    return [{ path, text: JSON.stringify(value) }];
  if ("ref" in value && typeof value.ref === "string") {
    const attribute = "attribute" in value && typeof value.attribute === "string" ? `.${value.attribute}` : "";
    return [{ path, text: `→ ${value.ref}${attribute}` }];
  }
  if (Array.isArray(value)) return value.flatMap((one, index) => leavesOf(one, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, one]) =>
    leavesOf(one, /^[A-Za-z_][\w-]*$/.test(key) ? (path === "" ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`),
  );
}
