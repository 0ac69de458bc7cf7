# Written by Gantry from the spec: change that, and run `gantry synth`.

# safe: what no change to the infrastructure of staging and production may bring.
package main

import rego.v1

# public bucket, AWS

deny contains message if {
	some resource in data.terraform.resources
	resource.type in {"aws_s3_bucket", "aws_s3_bucket_acl"}
	regex.match("^(public-|authenticated-read)", resource.values.acl)
	message := sprintf("%s opens a bucket to everybody: its ACL is %s", [resource.address, resource.values.acl])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "aws_s3_bucket_public_access_block"
	some setting in {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}
	not data.terraform.is(resource, setting, {true})
	message := sprintf("%s leaves a way open: set %s to true", [resource.address, setting])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "aws_s3_bucket_policy"
	json.is_valid(resource.values.policy)
	some statement in data.terraform.listed(json.unmarshal(resource.values.policy).Statement)
	statement.Effect == "Allow"
	not statement.Condition
	principal := object.get(statement, "Principal", {})
	"*" in data.terraform.listed(object.get(data.terraform.object_or_empty(principal), "AWS", principal))
	message := sprintf("%s opens a bucket to everybody: name who may", [resource.address])
}

# public database, AWS

deny contains message if {
	some resource in data.terraform.resources
	resource.type in {"aws_db_instance", "aws_rds_cluster_instance"}
	resource.values.publicly_accessible in {true, "true"}
	message := sprintf("%s has a public address: set publicly_accessible to false", [resource.address])
}

# Postgres and Redis, for whoever is on the internet.
deny contains message if {
	some opening in openings
	some source in opening.sources
	source in {"0.0.0.0/0", "::/0"}
	some port in {5432, 6379}
	to_number(opening.from) <= port
	port <= to_number(opening.to)
	message := sprintf("%s opens port %d to every address: name the security group that may", [opening.address, port])
}

openings contains opening if {
	some resource in data.terraform.resources
	resource.type == "aws_security_group"
	some rule in resource.values.ingress
	opening := opened(resource, rule, data.terraform.listed(object.get(rule, "cidr_blocks", [])))
}

openings contains opening if {
	some resource in data.terraform.resources
	resource.type == "aws_security_group_rule"
	resource.values.type == "ingress"
	opening := opened(resource, resource.values, data.terraform.listed(object.get(resource.values, "cidr_blocks", [])))
}

openings contains opening if {
	some resource in data.terraform.resources
	resource.type == "aws_vpc_security_group_ingress_rule"
	sources := {source | some key in {"cidr_ipv4", "cidr_ipv6"}; source := resource.values[key]}
	opening := opened(resource, resource.values, sources)
}

# Every protocol has no ports, which are all of them.
opened(resource, rule, sources) := {
	"address": resource.address,
	"from": first_number([object.get(rule, "from_port", null), 0]),
	"to": first_number([object.get(rule, "to_port", null), 65535]),
	"sources": sources,
} if object.get(rule, "ip_protocol", object.get(rule, "protocol", "tcp")) != "-1"

opened(resource, rule, sources) := {"address": resource.address, "from": 0, "to": 65535, "sources": sources} if {
	object.get(rule, "ip_protocol", object.get(rule, "protocol", "tcp")) == "-1"
}

first_number(values) := [value | some value in values; not is_null(value)][0]

# public database, Kubernetes

# Postgres, Redis and MinIO, each at its port.
deny contains message if {
	some resource in data.terraform.resources
	regex.match("^kubernetes_service(_v1)?$", resource.type)
	some spec in resource.values.spec
	spec.type in {"LoadBalancer", "NodePort"}
	some port in spec.port
	port.port in {5432, 6379, 9000}
	message := sprintf("%s can be reached from outside the cluster: make it a ClusterIP", [resource.address])
}

# wildcard iam, AWS

# A boundary grants nothing: it says how far what is granted may reach at most.
is_boundary(resource) if {
	resource.type == "aws_iam_policy"
	some boundary in boundaries
	endswith(boundary, concat("", [":policy/", resource.values.name]))
}

boundaries contains role.values.permissions_boundary if {
	some role in data.terraform.resources
	role.type == "aws_iam_role"
	is_string(role.values.permissions_boundary)
}

# Attached, it would be a grant.
deny contains message if {
	some resource in data.terraform.resources
	startswith(resource.type, "aws_iam_")
	resource.values.policy_arn in boundaries
	message := sprintf("%s attaches %s, which is a boundary: attach a policy of its own", [resource.address, resource.values.policy_arn])
}

# A statement is read from the JSON of a policy, or from the document that will make it.
statements contains {"address": resource.address, "actions": actions, "resources": resources} if {
	some resource in data.terraform.resources
	resource.type in {"aws_iam_policy", "aws_iam_role_policy", "aws_iam_group_policy", "aws_iam_user_policy"}
	not is_boundary(resource)
	json.is_valid(resource.values.policy)
	some statement in data.terraform.listed(json.unmarshal(resource.values.policy).Statement)
	statement.Effect == "Allow"
	actions := data.terraform.listed(object.get(statement, "Action", ["*"])) # NotAction allows all but some.
	resources := data.terraform.listed(object.get(statement, "Resource", ["*"]))
}

statements contains {"address": resource.address, "actions": actions, "resources": resources} if {
	some resource in data.terraform.resources
	resource.type == "aws_iam_policy_document"
	some statement in resource.values.statement
	object.get(statement, "effect", null) in {null, "Allow"}
	count(data.terraform.listed(object.get(statement, "principals", []))) == 0 # Whose principals are named is the policy of a thing.
	actions := data.terraform.listed(object.get(statement, "actions", []))
	resources := data.terraform.listed(object.get(statement, "resources", []))
}

deny contains message if {
	some statement in statements
	"*" in statement.actions
	message := sprintf("%s allows every action: name the actions", [statement.address])
}

deny contains message if {
	some statement in statements
	"*" in statement.resources
	some action in statement.actions
	endswith(action, ":*")
	message := sprintf("%s allows %s on everything: name the actions or the resources", [statement.address, action])
}

deny contains message if {
	some resource in data.terraform.resources
	startswith(resource.type, "aws_iam_")
	regex.match(":policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$", resource.values.policy_arn)
	not is_bounded(resource)
	message := sprintf("%s attaches %s: attach a policy of its own", [resource.address, resource.values.policy_arn])
}

# A power user within a boundary reaches as far as that does.
is_bounded(attachment) if {
	endswith(attachment.values.policy_arn, ":policy/PowerUserAccess")
	some role in data.terraform.resources
	role.type == "aws_iam_role"
	role.values.name == attachment.values.role
	is_string(role.values.permissions_boundary)
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "aws_iam_role"
	json.is_valid(resource.values.assume_role_policy)
	some statement in data.terraform.listed(json.unmarshal(resource.values.assume_role_policy).Statement)
	statement.Effect == "Allow"
	principal := object.get(statement, "Principal", {})
	"*" in data.terraform.listed(object.get(data.terraform.object_or_empty(principal), "AWS", principal))
	message := sprintf("%s may be taken on by everybody: name who may", [resource.address])
}

# wildcard iam, Kubernetes

deny contains message if {
	some resource in data.terraform.resources
	regex.match("^kubernetes_(cluster_)?role(_v1)?$", resource.type)
	some rule in resource.values.rule
	"*" in rule.verbs
	"*" in rule.resources
	message := sprintf("%s allows everything: name the verbs and the resources", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	regex.match("^kubernetes_(cluster_)?role_binding(_v1)?$", resource.type)
	some role in resource.values.role_ref
	role.name == "cluster-admin"
	message := sprintf("%s makes an administrator of the cluster: bind a role of its own", [resource.address])
}

# unencrypted data, AWS

# A replica is encrypted as its source is.
deny contains message if {
	some resource in data.terraform.resources
	resource.type in {"aws_db_instance", "aws_rds_cluster"}
	object.get(resource.values, "replicate_source_db", null) in {null, ""}
	not data.terraform.is_unknown(resource, "replicate_source_db")
	not data.terraform.is(resource, "storage_encrypted", {true})
	message := sprintf("%s is not encrypted: set storage_encrypted to true", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type in {"aws_ebs_volume", "aws_efs_file_system"}
	not data.terraform.is(resource, "encrypted", {true})
	message := sprintf("%s is not encrypted: set encrypted to true", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "aws_elasticache_replication_group"
	some setting in {"at_rest_encryption_enabled", "transit_encryption_enabled"}
	not data.terraform.is(resource, setting, {true, "true"})
	message := sprintf("%s is not encrypted: set %s to true", [resource.address, setting])
}

# unencrypted data, Kubernetes

deny contains message if {
	some resource in data.terraform.resources
	regex.match("^kubernetes_storage_class(_v1)?$", resource.type)
	resource.values.storage_provisioner == "ebs.csi.aws.com"
	object.get(resource.values, ["parameters", "encrypted"], "false") != "true"
	message := sprintf("%s makes disks in the clear: set the parameter encrypted to true", [resource.address])
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
