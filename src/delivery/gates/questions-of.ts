import type { Release } from "../release.ts";
import type { Question } from "./question.ts";

/** What the driver of a release has to look at now. */
export function questionsOf(_release: Release, _nowMs: number): readonly Question[] {
  return [];
}
