import { listed } from "../../lib/text.ts";
import type { Layout } from "../layout.ts";
import { type Subject, inCloud, productOf } from "../subject.ts";
import { block, code } from "../text/markdown.ts";
import { word } from "../text/shell.ts";

/** How everything goes away again; production only on purpose. */
export function cleanUpSection(subject: Subject, layout: Layout): readonly string[] {
  const { files, pipeline } = productOf(subject);
  const environments = inCloud(subject);
  const [first] = [...environments.filter(({ production }) => production !== true), ...environments];
  if (first === undefined) return [];
  const production = environments.filter((one) => one.production === true).map(({ environment }) => code(environment));
  const warning = "It takes all data with it, and the backups that belong to what is removed.";
  if (files?.scripts?.all !== undefined)
    return [
      "## Clean-up",
      `${warning} ${production.length === 0 ? "" : `For ${listed(production)} \`--yes\` is not enough: the project has to be named with \`--confirm\`.`}`.trim(),
      block("sh", [
        `cd ${word(layout.scripts)}`,
        `./clean-up.sh --environment=${word(first.environment)} --dry-run # says what it would remove`,
        `./clean-up.sh --environment=${word(first.environment)}`,
      ]),
    ];
  if (pipeline?.infrastructure === undefined) return [];
  const values = layout.variables === "terraform.tfvars" ? "" : ` -var-file=${word(layout.variables)}`;
  return [
    "## Clean-up",
    `${warning}${production.length === 0 ? "" : ` What keeps data in ${listed(production)} is protected from deletion: that has to be switched off, reviewed and applied first.`}`,
    block("sh", [
      `cd ${word(layout.terraform(first.environment))}`,
      "terraform init",
      `terraform plan -destroy${values} -out=destroy.tfplan # look at what it names`,
      "terraform apply destroy.tfplan",
    ]),
  ];
}
