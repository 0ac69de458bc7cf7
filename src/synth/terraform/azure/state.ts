import { type Entry, attributes, block } from "../../text/hcl.ts";
import { shortName } from "../../names.ts";
import { productOf } from "../../subject.ts";
import { accountName } from "./names.ts";
import type { Plan } from "./plan.ts";

/** Where the state is: encrypted, locked while somebody works with it, its own for each environment and each cloud. */
export function backendFile(plan: Plan): readonly Entry[] {
  const state = stateBlock(plan);
  return state.length === 0 ? [] : [block("terraform", [], state)];
}

function stateBlock(plan: Plan): readonly Entry[] {
  const { subject, environment } = plan;
  const state = productOf(subject).pipeline?.infrastructure?.state;
  const cloud = environment.switches === undefined ? "" : "-azure";
  const workspace = environment.workspace ?? `${subject.name}-${environment.environment}${cloud}`;
  switch (state?.in) {
    case "terraform cloud":
      return [
        block(
          "cloud",
          [],
          [
            ...attributes({ organization: environment.organisation ?? owner(plan) }),
            block("workspaces", [], attributes({ name: workspace })),
          ],
        ),
      ];
    case "azure":
      return [
        block(
          "backend",
          ["azurerm"],
          attributes({
            resource_group_name: `${subject.name}-terraform`,
            storage_account_name: accountName(state.bucket ?? `${subject.name}tfstate`, 24),
            container_name: "state",
            key: `${shortName(workspace, 200)}.tfstate`,
            use_azuread_auth: true,
          }),
        ),
      ];
    case "s3":
    case "gcs":
      return [
        block(
          "backend",
          [state.in],
          state.in === "s3"
            ? attributes({
                bucket: state.bucket ?? `${subject.name}-terraform-state`,
                key: `${workspace}.tfstate`,
                encrypt: true,
                use_lockfile: true,
              })
            : attributes({ bucket: state.bucket ?? `${subject.name}-terraform-state`, prefix: workspace }),
        ),
      ];
    case undefined:
      return [];
  }
}

function owner({ subject }: Plan): string {
  return productOf(subject).repository?.path.split("/", 1)[0] ?? subject.name;
}
