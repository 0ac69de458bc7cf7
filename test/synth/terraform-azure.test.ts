import { beforeAll, describe, expect, test } from "vitest";
import { openVariables } from "../../src/synth/terraform/index.ts";
import { filesOf, subjectOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";
import { type Planned, planned } from "../support/terraform/planned.ts";
import { hasTerraform, terraformOn } from "../support/terraform/program.ts";
import { standIns } from "../support/terraform/stand-in.ts";

async function terraformFiles(): Promise<ReadonlyMap<string, string>> {
  const files = await filesOf("ai-governance", { switches: { cloud: "azure" } });
  return new Map([...files].filter(([path]) => path.startsWith("infra/terraform/")).map(([path, { text }]) => [path, text]));
}

// What only the account knows, and the values of an environment leave out.
const groups = { admin_groups: ["7b6b6b6b-1111-4222-8333-123456789abc"] };
const registry = { registry_id: "/subscriptions/1/resourceGroups/s/providers/Microsoft.ContainerRegistry/registries/governance" };

let files: ReadonlyMap<string, string>;
beforeAll(async () => {
  files = await terraformFiles();
});

describe("ai-governance on Azure", () => {
  test("has roots and modules that are right by their providers' schemas, formatted, and use everything they declare", async () => {
    expect(await terraformProblems(files)).toEqual([]);
  });

  test("has a root for each environment, a file for each subject, and one more for the second region", () => {
    const names = [
      "backend",
      "data",
      "kubernetes",
      "main",
      "monitoring",
      "outputs",
      "providers",
      "security",
      "variables",
      "versions",
    ];
    for (const [environment, more] of [
      ["staging", []],
      ["production", ["standby"]],
    ] as const)
      expect([...files.keys()].filter((path) => path.startsWith(`infra/terraform/${environment}/`))).toEqual(
        [...[...names, ...more].map((name) => `${name}.tf`), "terraform.tfvars"]
          .toSorted()
          .map((name) => `infra/terraform/${environment}/${name}`),
      );
  });

  test("has every module that the document names", () => {
    const folders = new Set([...files.keys()].flatMap((path) => /^infra\/terraform\/modules\/([^/]+)\//.exec(path)?.[1] ?? []));
    for (const name of [
      "network",
      "firewall",
      "load-balancer",
      "cluster",
      "postgres",
      "minio",
      "iam",
      "encryption",
      "monitoring",
      "scaling",
    ])
      expect(folders).toContain(name);
  });

  test("keeps each environment's state in a workspace of its own", () => {
    expect(files.get("infra/terraform/production/backend.tf")).toContain('name = "ai-governance-production-azure"');
    expect(files.get("infra/terraform/staging/backend.tf")).toContain('name = "ai-governance-staging-azure"');
  });

  test("says which values are set where it is applied", async () => {
    const subject = await subjectOf("ai-governance", { switches: { cloud: "azure" } });
    const open = (name: string) =>
      subject.environments.filter((one) => one.environment === name).flatMap((one) => openVariables(subject, one));
    expect(open("staging")).toEqual(["admin_groups"]);
    expect(open("production")).toEqual(["admin_groups", "registry_id"]);
    expect(files.get("infra/terraform/production/terraform.tfvars")).toContain(
      "# Set where this is applied: TF_VAR_admin_groups, TF_VAR_registry_id.",
    );
  });

  test("has no secret among its values", () => {
    for (const [path, text] of files)
      if (path.endsWith(".tfvars")) expect(text).not.toMatch(/password|secret_key|access_key|token/i);
  });
});

describe.skipIf(!hasTerraform)("Terraform itself, with providers that know the schemas and make nothing", () => {
  // What a provider says of itself inside a block is not in the schemas that there are.
  const inside = /(?:azurerm_\w+\.this\.(?:identity|kube_config|kubelet_identity)\[0\]\.\w+)/g;

  test.each(["staging", "production"])(
    "finds the root of %s valid",
    async (environment) => {
      const root = `infra/terraform/${environment}`;
      const here = new Map(
        [...files].map(([path, text]) => [
          path,
          text.replaceAll(inside, '"x"').replaceAll(/service\.status\[0\]\.load_balancer\[0\]\.ingress\[0\]\.\w+/g, "null"),
        ]),
      );
      here.set(`${root}/backend_override.tf`, 'terraform {\n  backend "local" {}\n}\n');
      const { env, stop } = await standIns(["azurerm", "kubernetes", "random", "tls"], here);
      const { said } = await terraformOn(
        here,
        [
          ["init", "-no-color"],
          ["validate", "-no-color"],
        ],
        { in: root, env },
      );
      await stop();
      expect(said).toContain("Success! The configuration is valid.");
    },
    60_000,
  );
});

describe.skipIf(!hasTerraform)("ai-governance on Azure, as Terraform plans it with stand-ins for what Azure makes", () => {
  let production: Planned;
  let staging: Planned;
  beforeAll(async () => {
    production = await planned(files, "infra/terraform/production", { ...groups, ...registry });
    staging = await planned(files, "infra/terraform/staging", groups);
  }, 120_000);

  const thing = (address: string, of = production) => {
    const found = of.made.get(address);
    if (found === undefined) throw new Error(`nothing is planned as ${address}: ${of.problems}`);
    return found;
  };
  const every = (type: string, of = production) =>
    [...of.made].filter(([address]) => address.includes(`.${type}.`)).map(([, one]) => one);

  test("both environments are planned without a problem, and without a circle", () => {
    expect(production.problems).toBe("");
    expect(staging.problems).toBe("");
  });

  test("each zone of each region has a private subnet and a way out of its own", () => {
    for (const [region, network] of [
      ["westeurope", "10.20"],
      ["northeurope", "10.21"],
    ] as const)
      for (const zone of [1, 2, 3]) {
        expect(thing(`module.network["${region}"].azurerm_subnet.nodes["${zone}"]`)).toMatchObject({
          address_prefixes: [`${network}.${16 * (zone - 1)}.0/20`],
          default_outbound_access_enabled: false,
        });
        expect(thing(`module.network["${region}"].azurerm_nat_gateway.this["${zone}"]`)).toMatchObject({ zones: [String(zone)] });
      }
    expect(every("azurerm_virtual_network", staging)).toHaveLength(1);
  });

  test("from the internet nothing is let in but browsers to the ingress, and what is not named is refused", () => {
    type Rule = Readonly<Record<string, unknown>>;
    for (const group of every("azurerm_network_security_group")) {
      const rules = group["security_rule"] as readonly Rule[];
      const fromAnywhere = rules.filter(
        (one) => one["access"] === "Allow" && ["Internet", "*"].includes(String(one["source_address_prefix"])),
      );
      expect(fromAnywhere.map((one) => one["destination_port_ranges"])).toEqual(
        String(group["name"]).endsWith("-nodes") ? [["80", "443"]] : [],
      );
      expect(rules.at(-1)).toMatchObject({ access: "Deny", priority: 4096, source_address_prefix: "*" });
    }
  });

  test("the database has a standby in another zone, a replica to read from and one to fail over to, and no public address", () => {
    expect(thing("module.postgres.azurerm_postgresql_flexible_server.this")).toMatchObject({
      version: "16",
      sku_name: "GP_Standard_D4ds_v5",
      backup_retention_days: 7,
      public_network_access_enabled: false,
      high_availability: [{ mode: "ZoneRedundant" }],
      customer_managed_key: [{}],
    });
    expect(thing('module.postgres.azurerm_postgresql_flexible_server.replica["replica-1"]')).toMatchObject({
      location: "westeurope",
    });
    expect(thing('module.postgres.azurerm_postgresql_flexible_server.replica["northeurope"]')).toMatchObject({
      location: "northeurope",
      create_mode: "Replica",
      public_network_access_enabled: false,
    });
    expect(thing('module.postgres.azurerm_postgresql_flexible_server_configuration.this["max_connections"]')).toMatchObject({
      value: "200",
    });
    expect(every("azurerm_postgresql_flexible_server", staging)).toHaveLength(1);
  });

  test("clusters are private, know no password, and let pods be identities", () => {
    for (const region of ["westeurope", "northeurope"])
      expect(thing(`module.cluster["${region}"].azurerm_kubernetes_cluster.this`)).toMatchObject({
        private_cluster_enabled: true,
        local_account_disabled: true,
        oidc_issuer_enabled: true,
        workload_identity_enabled: true,
        network_profile: [{ network_policy: "cilium", outbound_type: "userAssignedNATGateway" }],
        key_vault_secrets_provider: [{ secret_rotation_enabled: true }],
      });
    expect(thing('module.scaling["westeurope"].azurerm_kubernetes_cluster_node_pool.this["work2"]')).toMatchObject({
      zones: ["2"],
      auto_scaling_enabled: true,
    });
  });

  test("with addresses that may call it, a cluster's API answers those and nobody else", async () => {
    const ranges = { administration_ranges: ["203.0.113.0/24"] };
    const { made } = await planned(files, "infra/terraform/staging", { ...groups, ...ranges });
    expect(made.get('module.cluster["westeurope"].azurerm_kubernetes_cluster.this')).toMatchObject({
      private_cluster_enabled: false,
      api_server_access_profile: [{ authorized_ip_ranges: ["203.0.113.0/24"] }],
    });
    expect(made.get("module.secrets.azurerm_key_vault.this")).toMatchObject({
      public_network_access_enabled: true,
      network_acls: [{ default_action: "Deny", ip_rules: ["203.0.113.0/24"] }],
    });
  }, 30_000);

  test("vaults can not be purged, are reached from inside only, and their keys rotate", () => {
    for (const vault of every("azurerm_key_vault"))
      expect(vault).toMatchObject({
        purge_protection_enabled: true,
        rbac_authorization_enabled: true,
        public_network_access_enabled: false,
        network_acls: [{ default_action: "Deny" }],
      });
    expect(thing('module.encryption["westeurope"].azurerm_key_vault_key.this["encryption"]')).toMatchObject({
      rotation_policy: [{ automatic: [{ time_after_creation: "P365D" }], expire_after: "P730D" }],
    });
    expect(production.made.has('module.encryption["northeurope"].azurerm_key_vault_key.this["encryption"]')).toBe(false);
  });

  test("copies and the archive are private, in three zones and two regions, and old copies go", () => {
    expect(thing("module.storage.azurerm_storage_account.this")).toMatchObject({
      allow_nested_items_to_be_public: false,
      public_network_access_enabled: false,
      min_tls_version: "TLS1_2",
      account_replication_type: "GZRS",
    });
    const { rule } = thing("module.storage.azurerm_storage_management_policy.this") as {
      rule: readonly Readonly<Record<string, unknown>>[];
    };
    expect(rule.find(({ name }) => name === "keep-copies")).toMatchObject({
      filters: [{ prefix_match: ["copies/"] }],
      actions: [{ base_blob: [{ delete_after_days_since_creation_greater_than: 30 }] }],
    });
  });

  test("MinIO has its versions, its archive, and a copy in the other region that nobody else may write to", () => {
    const files = (address: string) => (thing(address) as { data: Readonly<Record<string, string>> }).data;
    const live = files("module.minio.kubernetes_config_map_v1.set_up");
    const copy = files("module.minio_standby.kubernetes_config_map_v1.set_up");
    expect(JSON.parse(live["evidence.json"] ?? "")).toEqual({
      Rules: [
        { ID: "old-versions", Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 90 } },
        { ID: "archive", Status: "Enabled", Transition: { Days: 365, StorageClass: "ARCHIVE" } },
      ],
    });
    expect(live["set-up.sh"]).toContain("mc replicate add 'here/evidence' --remote-bucket 'there/evidence'");
    expect(live["set-up.sh"]).toContain("'https://minio.production.ai-governance.internal:9000'");
    expect(copy["set-up.sh"]).not.toContain("mc replicate add");
    expect(copy["policy-copier.json"]).toContain("s3:ReplicateObject");
    expect(Object.keys(live)).not.toContain("policy-copier.json");
    expect(thing("module.minio_standby.kubernetes_service_v1.internal[0]")).toMatchObject({
      metadata: [{ annotations: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" } }],
      spec: [{ type: "LoadBalancer", load_balancer_source_ranges: ["10.20.0.0/16"] }],
    });
    expect(live["set-up.sh"]).toContain("--bucket 'archive'");
    expect(copy["set-up.sh"]).toContain("--bucket 'archive-standby'");
    expect(every("kubernetes_stateful_set_v1")).toHaveLength(2);
    expect(every("kubernetes_stateful_set_v1", staging)).toHaveLength(1);
  });

  test("every identity is bound to one account or one environment, and no service has a role beyond what it uses", () => {
    expect(thing('module.iam.azurerm_federated_identity_credential.workload["backend westeurope"]')).toMatchObject({
      subject: "system:serviceaccount:ai-governance:backend",
    });
    for (const job of ["deploy", "terraform"])
      expect(
        thing(
          `module.iam.azurerm_federated_identity_credential.pipeline["${job} repo:ai-governance/platform:environment:production"]`,
        ),
      ).toMatchObject({ issuer: "https://token.actions.githubusercontent.com" });
    const roles = [...production.made].flatMap(([address, one]) =>
      address.startsWith("module.iam.azurerm_role_assignment.workload") ? [one["role_definition_name"]] : [],
    );
    expect(new Set(roles)).toEqual(new Set(["Key Vault Secrets User", "Key Vault Crypto User"]));
    expect(production.made.has('module.iam.azurerm_role_assignment.workload["cron reads token-key"]')).toBe(false);
    expect(every("azurerm_role_assignment").map((one) => one["role_definition_name"])).not.toContain("Owner");
  });

  test("the registry belongs to the environment that images come to first, and the other is only linked to it", () => {
    expect(thing("module.registry.azurerm_container_registry.this", staging)).toMatchObject({
      name: "governance",
      admin_enabled: false,
      anonymous_pull_enabled: false,
      georeplications: [{ location: "northeurope" }],
    });
    expect(production.made.has("module.registry.azurerm_container_registry.this")).toBe(false);
    expect(thing('module.network["westeurope"].azurerm_private_endpoint.linked["registry"]')).toMatchObject({
      private_service_connection: [{ private_connection_resource_id: registry.registry_id }],
    });
    expect(staging.made.has('module.iam.azurerm_role_assignment.pipeline["deploy pushes images"]')).toBe(true);
    expect(production.made.has('module.iam.azurerm_role_assignment.pipeline["deploy pushes images"]')).toBe(false);
  });

  test("somebody is told of what only Azure sees, as late as the spec's own alert says", () => {
    expect(thing('module.monitoring.azurerm_monitor_metric_alert.this["db northeurope is behind"]')).toMatchObject({
      severity: 1,
      criteria: [{ metric_name: "physical_replication_delay_in_seconds", operator: "GreaterThan", threshold: 30 }],
    });
    expect(thing("module.monitoring.azurerm_monitor_action_group.this")).toMatchObject({
      email_receiver: [{ email_address: "platform@governance.example" }],
    });
    expect(thing('module.monitoring.azurerm_application_insights_standard_web_test.this["from outside"]')).toMatchObject({
      request: [{ url: "https://app.governance.example/health/live" }],
    });
  });

  test("a wrong value is refused by the module that it goes to", async () => {
    const { problems } = await planned(files, "infra/terraform/staging", {
      ...groups,
      storage_account: "Too-Long-And-With-Dashes",
      secrets_vault: "1-begins-with-a-digit",
      administration_ranges: ["0.0.0.0/0"],
      emails: [],
      pools: { "work-pool": { size: "Standard_D4ds_v5", min_per_zone: 2, max_per_zone: 1 } },
    });
    for (const said of [
      "The name is 3 to 24 lower-case letters and digits.",
      "begins with a letter and ends with no dash",
      "is never the whole",
      "An alert that nobody is told of is none",
      "a pool's name is 1 to 11 lower-case letters",
      "at least not more than at most",
    ])
      expect(problems.replaceAll(/\s+/g, " ")).toContain(said);
  }, 30_000);
});
