import path from "node:path";

/** A file's name as a person would type it: relative to where the command runs, unless it lies far from there. */
export function shownFile(file: string): string {
  const relative = path.relative(process.cwd(), file);
  const up = relative.split(path.sep).filter((part) => part === "..").length;
  return relative === "" || up > 3 ? file : relative;
}
