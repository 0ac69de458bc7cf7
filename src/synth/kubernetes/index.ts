import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";

export function kubernetes(_: Subject): readonly File[] {
  return [];
}
