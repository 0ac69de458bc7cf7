# Written by Gantry from the spec: change that, and run `gantry synth`.

# What Terraform will leave behind, in one form, from a plan:
#
#   terraform plan -out=plan.tfplan && terraform show -json plan.tfplan > plan.json
#
# or from the .tf files themselves, as conftest reads them. In the files only what is written out can be judged: an expression is
# neither good nor bad there, and is left to the plan.
package terraform

import rego.v1

resources contains resource if {
	some change in input.resource_changes
	change.change.after != null # What goes away does no harm.
	resource := {
		"address": change.address,
		"type": change.type,
		"values": change.change.after,
		"unknown": object_or_empty(object.get(change.change, "after_unknown", {})),
	}
}

resources contains resource if {
	some block in ["resource", "data"]
	some type, named in input[block]
	some name, bodies in named
	some values in listed(bodies)
	resource := {"address": concat(".", [type, name]), "type": type, "values": values, "unknown": {}}
}

# What stands in the code, as text: of a plan the constants of its configuration, of the files themselves each block.
code contains {"address": resource.address, "text": json.marshal(resource.expressions)} if {
	some resource in input.configuration.root_module.resources
}

code contains {"address": concat(".", ["module", name]), "text": json.marshal(call)} if {
	some name, call in input.configuration.root_module.module_calls
}

code contains {"address": concat(".", ["provider", name]), "text": json.marshal(provider)} if {
	some name, provider in input.configuration.provider_config
}

code contains {"address": resource.address, "text": json.marshal(resource.values)} if {
	input.resource
	some resource in resources
}

# A value that is one of these, or that only an apply will tell.
is(resource, name, wanted) if resource.values[name] in wanted

is(resource, name, _) if is_unknown(resource, name)

is_unknown(resource, name) if resource.unknown[name] == true

is_unknown(resource, name) if is_expression(resource.values[name])

is_expression(value) if {
	is_string(value)
	contains(value, "$\u007b")
}

# IAM of Google Cloud: a member, or several.
members(resource) := array.concat(
	listed(object.get(resource.values, "member", [])),
	listed(object.get(resource.values, "members", [])),
)

# One thing is a list of one, and nothing a list of none.
listed(value) := value if is_array(value)

listed(value) := [] if is_null(value)

listed(value) := [value] if {
	not is_array(value)
	not is_null(value)
}

object_or_empty(value) := value if is_object(value)

object_or_empty(value) := {} if not is_object(value)
