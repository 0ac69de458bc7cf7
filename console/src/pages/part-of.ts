import { parsePath, pathText } from "../../../src/lib/paths.ts";

/** The heading that a path stands under: `services.api`, `alerts["API errors"]`, `release`. */
export function partOf(path: string): string {
  const [first = path, second, ...rest] = parsePath(path) ?? [];
  if (second === undefined) return "the environment";
  return pathText(typeof second === "string" && rest.length > 0 ? [first, second] : [first]);
}

/** Whether a path is this one, or one within it. */
export function isIn(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}

/** Of the paths there are the first that is this one or within it; else within the nearest whole that there is. */
export function nearest(path: string, paths: readonly string[]): string | undefined {
  const steps = parsePath(path) ?? [];
  for (let length = steps.length; length > 0; length -= 1) {
    const whole = pathText(steps.slice(0, length));
    const found = paths.find((one) => isIn(one, whole));
    if (found !== undefined) return found;
  }
  return undefined;
}
