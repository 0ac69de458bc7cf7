import { describe, expect, test } from "vitest";
import { planned } from "../support/terraform/planned.ts";
import { hasTerraform } from "../support/terraform/program.ts";

// A plan with data in the place of what providers make refuses what Terraform would refuse with them.

const group = 'resource "azurerm_resource_group" "this" {\n  name     = "shop"\n  location = "westeurope"\n}\n';

const wrong: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  [
    "a circle",
    'locals {\n  a = azurerm_resource_group.this.id\n}\n\nresource "azurerm_resource_group" "this" {\n  name     = local.a\n  location = "westeurope"\n}\n',
    /Self-referential|Cycle/,
  ],
  [
    "a loop over what is known only later",
    `${group}\nresource "azurerm_public_ip" "this" {\n  for_each = toset([azurerm_resource_group.this.id])\n\n  name = each.key\n}\n`,
    /Invalid for_each argument/,
  ],
  [
    "a condition on what is known only later that decides how many there are",
    `${group}\nresource "azurerm_public_ip" "this" {\n  count = azurerm_resource_group.this.id == null ? 0 : 1\n\n  name = "x"\n}\n`,
    /Invalid count argument/,
  ],
  ["an index that is not there", `${group}\noutput "a" {\n  value = { b = 1 }["c"]\n}\n`, /Invalid index|not have/],
  [
    "a precondition that does not hold",
    'locals {\n  one = 1\n}\n\nresource "azurerm_public_ip" "this" {\n  name = "x"\n\n  lifecycle {\n    precondition {\n      condition     = local.one > 2\n      error_message = "Never."\n    }\n  }\n}\n',
    /Never\./,
  ],
];

describe.skipIf(!hasTerraform)("a plan with data in the place of what providers make", () => {
  test.each(wrong)("refuses %s", async (_, text, problem) => {
    const { problems } = await planned(new Map([["root/main.tf", text]]), "root");
    expect(problems).toMatch(problem);
  });

  test("makes loops of dynamic blocks, and leaves what is known only later open", async () => {
    const text = `${group}
resource "azurerm_network_security_group" "this" {
  name                = "rules"
  resource_group_name = azurerm_resource_group.this.name

  dynamic "security_rule" {
    for_each = { web = 443, "a b" = 80 }
    content {
      name = "allow \${security_rule.key}"
      port = security_rule.value
    }
  }

  security_rule {
    name = "nobody-else"
    port = 0
  }
}
`;
    const { problems, made } = await planned(new Map([["root/main.tf", text]]), "root");
    expect(problems).toBe("");
    expect(made.get("azurerm_network_security_group.this")).toEqual({
      name: "rules",
      security_rule: [
        { name: "allow a b", port: 80 },
        { name: "allow web", port: 443 },
        { name: "nobody-else", port: 0 },
      ],
    });
  });
});
