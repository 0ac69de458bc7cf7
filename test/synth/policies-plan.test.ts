import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate, literal, regorusIsThere } from "../support/rego.ts";
import { type ExampleName, filesOf } from "../support/synth.ts";
import { hasTerraform, terraformOn } from "../support/terraform/program.ts";
import { type StandIns, standIns } from "../support/terraform/stand-in.ts";

// The policies judge what the real Terraform plans of the product's own files, and of the same files with one thing made worse.

const sandbox = "infrastructure/terraform/environments/sandbox";
const dev = "infra/envs/dev";
const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [sandbox]: { TF_VAR_billing_account: "012345-6789AB-CDEF01" },
  [dev]: { TF_VAR_billing_account: "012345-6789AB-CDEF01", TF_VAR_project: "br-dev-1" },
};

async function written(name: ExampleName, root: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map([...(await filesOf(name)).values()].map(({ path, text }) => [path, text]));
  files.set(`${root}/backend_override.tf`, 'terraform {\n  backend "local" {}\n}\n');
  return files;
}

describe.skipIf(!hasTerraform || !regorusIsThere)("run by terraform and regorus", () => {
  const started: StandIns[] = [];
  const files = new Map<string, ReadonlyMap<string, string>>();
  beforeAll(async () => {
    files.set(sandbox, await written("proveniq-ledger", sandbox));
    files.set(dev, await written("bytereview", dev));
  });
  afterAll(() => Promise.all(started.map((one) => one.stop())));

  async function planOf(root: string, change: (text: string, path: string) => string): Promise<unknown> {
    const changed = new Map([...(files.get(root) ?? [])].map(([path, text]) => [path, change(text, path)]));
    const provider = await standIns(["google", "random"], new Map([...changed].filter(([path]) => path.endsWith(".tf"))));
    started.push(provider);
    const values = changed.has(`${root}/main.tfvars`) ? ["-var-file=main.tfvars"] : [];
    const { ok, said } = await terraformOn(
      changed,
      [
        ["init", "-input=false", "-no-color"],
        ["plan", "-input=false", "-no-color", "-out=plan", ...values],
        ["show", "-json", "plan"],
      ],
      { in: root, env: { ...provider.env, ...settings[root] } },
    );
    expect(ok, said.slice(-3_000)).toBe(true);
    return JSON.parse(said.slice(said.lastIndexOf('\n{"format_version"') + 1));
  }

  function judged(root: string, plan: unknown): { readonly seen: number; readonly messages: readonly string[] } {
    const modules = Object.fromEntries([...(files.get(root) ?? [])].filter(([path]) => path.endsWith(".rego")));
    const query = `{"seen": seen, "messages": messages}
plan := ${literal(plan)}
messages := denied if { denied := data.main.deny with input as plan }
seen := many if { many := count(data.terraform.resources) with input as plan }`;
    return evaluate(modules, query) as { readonly seen: number; readonly messages: readonly string[] };
  }

  test.each([sandbox, dev])("what %s plans is let be", { timeout: 120_000 }, async (root) => {
    const { seen, messages } = judged(root, await planOf(root, (text) => text));
    expect(messages).toEqual([]);
    expect(seen).toBeGreaterThan(20);
  });

  test.each([
    [
      "a bucket that could be opened, within a module",
      dev,
      (text: string) => text.replace(/public_access_prevention\s+= "enforced"/, 'public_access_prevention = "inherited"'),
      "set public_access_prevention to enforced",
    ],
    [
      "a member of production's project",
      sandbox,
      (text: string, path: string) =>
        path === `${sandbox}/main.tf`
          ? `${text}\nresource "google_project_iam_member" "way" {\n  project = var.project\n  role    = "roles/viewer"\n  member  = "serviceAccount:api@proveniq-ledger-production.iam.gserviceaccount.com"\n}\n`
          : text,
      "google_project_iam_member.way leads to proveniq-ledger-production",
    ],
  ] as const)("%s is refused", { timeout: 120_000 }, async (_, root, change, words) => {
    expect(judged(root, await planOf(root, change)).messages.join("\n")).toContain(words);
  });
});
