import { onPath } from "../../src/targets/local/providers/on-path.ts";

/** Where a program is on PATH. */
export function whereIs(...names: readonly string[]): string | undefined {
  return onPath(names);
}

/** Tests that need a program that is not there skip, and say so. */
export function has(program: string): boolean {
  return onPath([program]) !== undefined;
}
