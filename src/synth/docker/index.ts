import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";

export function docker(_: Subject): readonly File[] {
  return [];
}
