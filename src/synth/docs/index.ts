import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";

export function docs(_: Subject): readonly File[] {
  return [];
}
