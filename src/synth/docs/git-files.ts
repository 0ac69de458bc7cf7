import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, inCloud, productOf } from "../subject.ts";

/** What git leaves out, and what it shows folded. */
export function gitFiles(subject: Subject): readonly File[] {
  const text = ignored(subject);
  return [...(text === "" ? [] : [{ path: ".gitignore", part: true as const, text }]), ...attributes(subject)];
}

function ignored(subject: Subject): string {
  const { pipeline, files } = productOf(subject);
  const terraform = pipeline?.infrastructure !== undefined;
  const listed = (files?.ignored ?? []).map(pattern);
  const kept = keptInSpite(subject, files?.ignored ?? []);
  const sections: readonly (readonly string[])[] = [
    ...(subject.plain ? [] : [["# What runs on this machine, and what is being written", ".gantry/", "*.gantry-*.tmp"]]),
    ...(terraform
      ? [
          [
            "# Terraform's own: providers, state, and plans, which hold secrets in the clear",
            ".terraform/",
            "*.tfstate",
            "*.tfstate.*",
            "*.tfplan",
            "plan.json",
          ],
        ]
      : []),
    ...(listed.length === 0 ? [] : [["# Sensitive", ...listed]]),
    ...(kept.length === 0
      ? []
      : [
          [
            "# These are written without any secret, and are needed: a root without its values cannot be applied.",
            ...kept.map((one) => `!${one}`),
          ],
        ]),
    ...(terraform
      ? [["# Values that are secret go into files of this name, on the machine of whoever applies.", "*.secret.tfvars"]]
      : []),
  ];
  return sections.map((one) => `${one.join("\n")}\n`).join("\n");
}

/** A pattern of the spec's as git reads it: a name that begins like a comment or a negation is still a name. */
function pattern(given: string): string {
  return given.replace(/^([#!])/, "\\$1").replace(/ +$/, (spaces) => "\\ ".repeat(spaces.length));
}

/** The files of ours that the spec's own patterns would leave out. */
function keptInSpite(subject: Subject, patterns: readonly string[]): readonly string[] {
  const layout = layoutOf(subject);
  const { pipeline, files } = productOf(subject);
  const ours = [
    ...(pipeline?.infrastructure === undefined || inCloud(subject).length === 0 ? [] : [layout.variables]),
    ...subject.environments.flatMap((one) => {
      if (one.managed === "elsewhere") return [];
      return one.envFile ?? (files?.env === undefined ? [] : layout.env(one.environment));
    }),
  ];
  return [...new Set(ours.filter((file) => patterns.some((one) => leavesOut(one, file))))];
}

/** Whether one of git's plain patterns, a name with stars, is about a file. */
function leavesOut(given: string, file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const source = given
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`).test(given.includes("/") ? file : name);
}

/** Only whole files of ours are folded in a review, and only those that nobody reads there: the modules and the cluster's files are read. */
function attributes(subject: Subject): readonly File[] {
  if (subject.plain) return [];
  const { pipeline } = productOf(subject);
  if (pipeline?.infrastructure === undefined) return [];
  return [
    {
      path: ".gitattributes",
      part: true,
      text: "gantry.files.json linguist-generated\n.terraform.lock.hcl linguist-generated\n",
    },
  ];
}
