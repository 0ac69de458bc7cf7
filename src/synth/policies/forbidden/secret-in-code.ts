import type { Case, Forbidden, Json } from "../rule.ts";

/** A plan's configuration is what stands in the code: what is computed has no constant there. */
function configured(is: string, refused: boolean, expressions: Json): Case {
  const resource = { address: "example.made", type: "example", expressions };
  return { is, refused, plan: { whole: { resource_changes: [], configuration: { root_module: { resources: [resource] } } } } };
}

const secretAttributes =
  "administrator_password|api_key|auth_token|client_secret|master_password|password|private_key|root_password|secret_data|secret_key|secret_string";
const secretVariables = "PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS";

export const secretInCode: Forbidden = {
  every: {
    rules: `
# An attribute that holds a secret, or a variable that does, with its value written out beside it.
deny contains message if {
	some written in data.terraform.code
	some form in {secret_attribute, secret_variable, named_variable}
	some found in regex.find_n(form, written.text, -1)
	name := regex.find_n(\`[A-Za-z_]*(${secretAttributes}|${secretVariables})\`, found, 1)[0]
	message := sprintf("%s has %s written in the code: read it from the secret store", [written.address, name])
}

# In a plan a constant is {"constant_value": "…"}; in the files an expression begins with a dollar.
secret_attribute := \`"(${secretAttributes})":([{]"constant_value":)?"[^"$]\`

secret_variable := \`"[A-Z0-9_]*(${secretVariables})":([{]"constant_value":)?"[^"$]\`

named_variable := \`"name":([{]"constant_value":)?"[A-Z0-9_]*(${secretVariables})"[}]?,"value":([{]"constant_value":)?"[^"$]\`

# What looks like a credential is one, whatever it is called.
deny contains message if {
	some written in data.terraform.code
	regex.match(credential, written.text)
	message := sprintf("%s has a credential written in the code: read it from the secret store", [written.address])
}

credential := concat("|", [
	\`AKIA[0-9A-Z]{16}\`,
	\`AIza[0-9A-Za-z_-]{35}\`,
	\`gh[pousr]_[0-9A-Za-z]{36}\`,
	\`xox[abp]-[0-9A-Za-z-]{10}\`,
	\`-----BEGIN [A-Z ]*PRIVATE KEY-----\`,
	\`[a-z]://[^/:@ "$]+:[^/:@ "$]+@\`,
])
`,
    cases: [
      configured("a password", true, { password: { constant_value: "correct horse" } }),
      configured("a variable with a token", true, {
        env: [{ name: { constant_value: "API_TOKEN" }, value: { constant_value: "abc" } }],
      }),
      configured("a map of variables with a password", true, { environment: { constant_value: { DB_PASSWORD: "abc" } } }),
      configured("an address with a password", true, { value: { constant_value: "postgres://shop:abc@10.0.0.3/shop" } }),
      configured("a key of AWS", true, { user_data: { constant_value: `export ID=AKIA${"A".repeat(16)}` } }),
      configured("a password that is generated", false, { password: { references: ["random_password.db.result"] } }),
      configured("the name of a secret", false, { secret_id: { constant_value: "database-password" } }),
      configured("a variable that is none", false, {
        env: [{ name: { constant_value: "LOG_LEVEL" }, value: { constant_value: "info" } }],
      }),
    ],
  },
};
