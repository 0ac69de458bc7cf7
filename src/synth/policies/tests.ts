import { identifier } from "../names.ts";
import type { Case, Json, Rules } from "./rule.ts";

type Section = Rules & { readonly what: string; readonly provider: string };

/** Tests that `opa test` and `conftest verify` run: each case of each rule. */
export function policyTests(policy: string, sections: readonly Section[]): string {
  const typed = sections.some(({ cases }) => cases.some(({ plan }) => "type" in plan));
  const helper = `
plan(type, values) := {"resource_changes": [{
	"address": concat(".", [type, "made"]),
	"type": type,
	"change": {"actions": ["create"], "after": values},
}]}
`;
  const tests = sections.flatMap(({ what, provider, cases }) =>
    cases.map((one) => `\n${testText([policy, what, provider === "every" ? "" : provider], one)}`),
  );
  return `package main_test\n\nimport rego.v1\n\nimport data.main\n${typed ? helper : ""}${tests.join("")}`;
}

function testText(about: readonly string[], { is, refused, plan }: Case): string {
  const name = identifier(["test", ...about, refused ? "refuses" : "allows", is].join(" ")).toLowerCase();
  const input = "type" in plan ? `plan(${JSON.stringify(plan.type)}, ${rego(plan.values)})` : rego(plan.whole);
  return `${name} if {\n\tcount(main.deny) ${refused ? "> 0" : "== 0"} with input as ${input}\n}\n`;
}

/** JSON is Rego, with a space where people put one. */
function rego(value: Json): string {
  if (isList(value)) return `[${value.map(rego).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}: ${rego(one)}`)
    .join(", ")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
