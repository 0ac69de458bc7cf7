import { describe, expect, test } from "vitest";
import type { Environment } from "../../src/spec/environment.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { terraform } from "../../src/synth/terraform/index.ts";
import { accountName } from "../../src/synth/terraform/azure/names.ts";
import { subjectOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";
import { planned } from "../support/terraform/planned.ts";
import { parsedTree } from "../support/terraform/parsed.ts";
import { hasTerraform } from "../support/terraform/program.ts";
import { referencesIn } from "../support/terraform/references.ts";

// Names that Azure would refuse are shortened and stay apart; texts of the spec stay texts.

const governance = await subjectOf("ai-governance", { switches: { cloud: "azure" } });

/** The product with some of what it is told or called put in another way. */
function changed(change: (text: string) => string, name = governance.name): Subject {
  const environments = governance.environments.map((one) => JSON.parse(change(JSON.stringify(one))) as Environment);
  return { ...governance, name, environments };
}

const filesOf = (subject: Subject) => new Map(terraform(subject).map(({ path, text }) => [path, text]));

const long = "a-platform-with-a-name-that-is-longer-than-clouds-like";

describe("a product with a long name", () => {
  const files = filesOf(changed((text) => text, long));
  const values = files.get("infra/terraform/production/terraform.tfvars") ?? "";
  const valueOf = (name: string) => new RegExp(`^ *${name} += "([^"]*)"$`, "m").exec(values)?.[1] ?? "";

  test("has names of the length that Azure takes, which differ from environment to environment", () => {
    const vaults = [...files].flatMap(([path, text]) =>
      path.endsWith(".tfvars")
        ? [...text.matchAll(/(?:key_vault|secrets_vault) += "([^"]*)"/g)].map(([, name = ""]) => name)
        : [],
    );
    expect(vaults).toHaveLength(5);
    expect(new Set(vaults).size).toBe(5);
    for (const vault of vaults) expect(vault).toMatch(/^[a-z](?:-?[a-z0-9]){2,23}$/);
    for (const vault of vaults) expect(vault.length).toBeLessThanOrEqual(24);
    expect(valueOf("storage_account")).toMatch(/^[a-z0-9]{3,24}$/);
    expect(valueOf("name").length).toBeLessThanOrEqual(36);
  });

  test("is right by the schemas", async () => {
    expect(await terraformProblems(files)).toEqual([]);
  });

  test.skipIf(!hasTerraform)(
    "is taken by every module, as Terraform plans it",
    async () => {
      const { problems, made } = await planned(files, "infra/terraform/production", { admin_groups: [], registry_id: "/r" });
      expect(problems).toBe("");
      for (const [address, one] of made) {
        const name = String(one["name"] ?? "");
        if (address.includes(".azurerm_kubernetes_cluster.")) expect(name.length).toBeLessThanOrEqual(54);
        if (address.includes(".azurerm_postgresql_flexible_server.")) expect(name.length).toBeLessThanOrEqual(63);
      }
    },
    60_000,
  );
});

test.each([
  ["shop", 24, /^[a-z0-9]{5,24}$/],
  ["shop-production", 24, /^shopproduction$/],
  ["a-shop-with-a-rather-long-name", 24, /^[a-z0-9]{24}$/],
  ["Läden & Söhne", 50, /^[a-z0-9]{5,50}$/],
])("an account for %j is named in letters and digits", (text, most, form) => {
  expect(accountName(text, most)).toMatch(form);
});

test("accounts whose long names begin alike are told apart", () => {
  expect(accountName(`${long}-one`, 24)).not.toBe(accountName(`${long}-two`, 24));
});

test("a registry that the spec names keeps its name", () => {
  const files = filesOf(changed((text) => text.replaceAll("governance.azurecr.io", "shopimages.azurecr.io")));
  expect(files.get("infra/terraform/staging/terraform.tfvars")).toMatch(/^registry += "shopimages"$/m);
});

test("a database that is called as a part of the files is told apart from it", async () => {
  const files = filesOf(
    changed((text) =>
      text
        .replaceAll('"db":{', '"cluster":{')
        .replaceAll("resources.db", "resources.cluster")
        .replaceAll('"on":"db"', '"on":"cluster"'),
    ),
  );
  expect(await terraformProblems(files)).toEqual([]);
  expect(files.get("infra/terraform/production/outputs.tf")).toContain('output "cluster_host"');
});

test("several databases are several calls of one module", async () => {
  const several = changed((text) =>
    text.replace('"resources":{"db":', '"resources":{"ledger":{"kind":"postgres","version":17},"db":'),
  );
  const files = filesOf(several);
  expect(await terraformProblems(files)).toEqual([]);
  const main = files.get("infra/terraform/production/data.tf") ?? "";
  expect(main).toContain('module "postgres_ledger" {');
  expect(main).toContain('module "postgres_db" {');
});

test("a service that asks for a part of an address is told it", async () => {
  const files = filesOf(
    changed((text) =>
      text.replaceAll(
        '"DATABASE_URL":{"ref":"resources.db","attribute":"url"}',
        '"DATABASE_HOST":{"ref":"resources.db","attribute":"host"}',
      ),
    ),
  );
  expect(await terraformProblems(files)).toEqual([]);
  expect(files.get("infra/terraform/production/outputs.tf")).toMatch(/^ +DB_HOST += module\.postgres\.host$/m);
});

const nasty = [
  '"',
  '${file("/etc/passwd")}',
  "%{ for a in b }x%{ endfor }",
  "a\nb = module.secrets.generated",
  "\\",
  "# no comment",
  "*/ /*",
  "<<EOT",
  "{{ .Values }}",
  "${{ secrets.TOKEN }}",
  "\u2028\u202e",
  "名前",
];

/** Texts that a spec may give freely, each with the same text in it. */
function told(text: string): Subject {
  const inside = JSON.stringify(text).slice(1, -1);
  return changed((all) =>
    all
      .replaceAll("from outside", `from outside ${inside}`)
      .replaceAll("governance-production", `governance-production ${inside}`)
      .replaceAll("platform@governance.example", `${inside}@governance.example`)
      .replaceAll("token-key", `token-key ${inside}`),
  );
}

test.each(nasty)("%j is text and nothing else", async (text) => {
  const files = filesOf(told(text));
  expect(await terraformProblems(files)).toEqual([]);
  const shapeOf = async (subject: Subject) =>
    ((await parsedTree(filesOf(subject))).folders.get("infra/terraform/production")?.blocks ?? []).map(
      ({ type, labels, body }) => [type, ...labels, referencesIn(body).length],
    );
  // The same blocks with the same references: the text added neither.
  expect(await shapeOf(told(text))).toEqual(await shapeOf(told("calm")));
});
