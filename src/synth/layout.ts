import { type Layout, layoutFrom } from "../spec/layout.ts";
import { type Subject, productOf } from "./subject.ts";

export { type Layout, plainPath } from "../spec/layout.ts";

export function layoutOf(subject: Subject): Layout {
  return layoutFrom(productOf(subject));
}

/** The way from one folder to a path, as Terraform and kustomize write it: `../../modules/network`. */
export function relative(from: string, to: string): string {
  const here = from.split("/").filter((one) => one !== "" && one !== ".");
  const there = to.split("/").filter((one) => one !== "" && one !== ".");
  let shared = 0;
  while (shared < here.length && shared < there.length && here[shared] === there[shared]) shared++;
  const up = here.slice(shared).map(() => "..");
  return [...(up.length === 0 ? ["."] : up), ...there.slice(shared)].join("/");
}
