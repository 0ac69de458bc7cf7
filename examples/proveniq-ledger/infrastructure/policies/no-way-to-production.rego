# Written by Gantry from the spec: change that, and run `gantry synth`.

# no way to production: what no change to the infrastructure of sandbox may bring.
package main

import rego.v1

# access to production

# What production is known by: its project, in members of IAM, in addresses of networks and secrets, in names of buckets.
production := ["proveniq-ledger-production"]

# The same of the environments that this is about.
own := ["proveniq-ledger-sandbox"]

# No part of a plan mentions production: not a grant, not a peering, not a secret, not a source of data.
deny contains message if {
	some part in parts
	some name in production
	mentions(part.text, name)
	message := sprintf("%s leads to %s: nothing here may reach production", [part.address, name])
}

parts contains {"address": change.address, "text": json.marshal(change)} if some change in input.resource_changes

parts contains {"address": section, "text": json.marshal(value)} if {
	some section, value in input
	section != "resource_changes"
}

# What is the environment's own may begin as production's does; what production's is a part of is something else.
mentions(text, name) if {
	pieces := split(strings.replace_n({mine: "" | some mine in own}, text), name)
	some before in array.slice(pieces, 0, count(pieces) - 1)
	not regex.match("[a-z0-9-]$", before)
}

# Whatever has a project of its own has one of these.
deny contains message if {
	some resource in data.terraform.resources
	project := resource.values.project
	is_string(project)
	not contains(project, "$")
	not project in own
	message := sprintf("%s is in the project %s: everything here is in %s", [resource.address, project, concat(" or ", own)])
}
