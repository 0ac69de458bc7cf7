import { type Report, pageOf } from "../../rehearse/page/page.ts";
import { writeWhole } from "../../system/whole-file.ts";

/** Whole or not at all: a page that somebody has open is never half of one. */
export function writePage(file: string, report: Report): void {
  writeWhole(file, pageOf(report), 0o644);
}
