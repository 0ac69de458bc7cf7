# Written by Gantry from the spec: change that, and run `gantry synth`.

# safe: what no change to the infrastructure of dev and prod may bring.
package main

import rego.v1

# public database, Google Cloud

# The provider's own default is a public address.
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_sql_database_instance"
	not private_only(resource)
	message := sprintf("%s has a public address: set ipv4_enabled to false", [resource.address])
}

private_only(resource) if {
	some settings in resource.values.settings
	some addresses in settings.ip_configuration
	addresses.ipv4_enabled == false
}

# A replica, or a configuration in an expression, says it elsewhere.
private_only(resource) if data.terraform.is_unknown(resource, "settings")

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_sql_database_instance"
	some settings in resource.values.settings
	some addresses in settings.ip_configuration
	some network in addresses.authorized_networks
	network.value == "0.0.0.0/0"
	message := sprintf("%s lets every address in: name the networks", [resource.address])
}

# wildcard iam, Google Cloud

# Owner and editor may do nearly everything in a project.
deny contains message if {
	some resource in data.terraform.resources
	regex.match("^google_.*_iam_(member|binding)$", resource.type)
	resource.values.role in {"roles/owner", "roles/editor"}
	message := sprintf("%s grants %s: grant the roles that are needed, on what they are needed for", [resource.address, resource.values.role])
}

deny contains message if {
	some resource in data.terraform.resources
	regex.match("^google_(project|folder|organization)_iam_(member|binding)$", resource.type)
	some member in data.terraform.members(resource)
	member in {"allUsers", "allAuthenticatedUsers"}
	message := sprintf("%s lets everybody in: name the accounts", [resource.address])
}

# unencrypted data, Google Cloud

# Google Cloud encrypts what it stores; what is left is the way there.
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_sql_database_instance"
	not encrypted_way(resource)
	message := sprintf("%s takes connections without TLS: set ssl_mode to ENCRYPTED_ONLY", [resource.address])
}

encrypted_way(resource) if {
	some settings in resource.values.settings
	some addresses in settings.ip_configuration
	addresses.ssl_mode in {"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}
}

encrypted_way(resource) if data.terraform.is_unknown(resource, "settings")

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_redis_instance"
	not data.terraform.is(resource, "transit_encryption_mode", {"SERVER_AUTHENTICATION"})
	message := sprintf("%s takes connections without TLS: set transit_encryption_mode to SERVER_AUTHENTICATION", [resource.address])
}

# secret in code

# An attribute that holds a secret, or a variable that does, with its value written out beside it.
deny contains message if {
	some written in data.terraform.code
	some form in {secret_attribute, secret_variable, named_variable}
	some found in regex.find_n(form, written.text, -1)
	name := regex.find_n(`[A-Za-z_]*(administrator_password|api_key|auth_token|client_secret|master_password|password|private_key|root_password|secret_data|secret_key|secret_string|PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS)`, found, 1)[0]
	message := sprintf("%s has %s written in the code: read it from the secret store", [written.address, name])
}

# In a plan a constant is {"constant_value": "…"}; in the files an expression begins with a dollar.
secret_attribute := `"(administrator_password|api_key|auth_token|client_secret|master_password|password|private_key|root_password|secret_data|secret_key|secret_string)":([{]"constant_value":)?"[^"$]`

secret_variable := `"[A-Z0-9_]*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS)":([{]"constant_value":)?"[^"$]`

named_variable := `"name":([{]"constant_value":)?"[A-Z0-9_]*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS)"[}]?,"value":([{]"constant_value":)?"[^"$]`

# What looks like a credential is one, whatever it is called.
deny contains message if {
	some written in data.terraform.code
	regex.match(credential, written.text)
	message := sprintf("%s has a credential written in the code: read it from the secret store", [written.address])
}

credential := concat("|", [
	`AKIA[0-9A-Z]{16}`,
	`AIza[0-9A-Za-z_-]{35}`,
	`gh[pousr]_[0-9A-Za-z]{36}`,
	`xox[abp]-[0-9A-Za-z-]{10}`,
	`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
	`[a-z]://[^/:@ "$]+:[^/:@ "$]+@`,
])
