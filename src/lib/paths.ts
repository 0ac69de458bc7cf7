/** A path into plain data: `services.api.scale.max`, `alerts["API errors"].to[0]`. */
export type Path = readonly (string | number)[];

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (plainKey.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Reads what `pathText` writes; undefined when the text is no path. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  const step = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\.(\d+)|\[("(?:[^"\\]|\\.)*")\]/y;
  while (step.lastIndex < text.length) {
    const at = step.lastIndex;
    const match = step.exec(text);
    if (!match || (at === 0 && match[0].startsWith("."))) return undefined;
    if (at > 0 && match[1] !== undefined && !match[0].startsWith(".")) return undefined;
    if (match[1] !== undefined) path.push(match[1]);
    else if (match[4] !== undefined) {
      try {
        path.push(JSON.parse(match[4]) as string);
      } catch {
        return undefined;
      }
    } else path.push(Number(match[2] ?? match[3]));
  }
  return path;
}

/** The value at a path, or undefined; never walks into a prototype. */
export function valueAt(value: unknown, path: Path): unknown {
  let here: unknown = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** Sets a key that came from outside: `__proto__` becomes a key like any other instead of changing what the object is. */
export function setKey(to: object, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(to, key, { value, enumerable: true, configurable: true, writable: true });
  else (to as Record<string, unknown>)[key] = value;
}
