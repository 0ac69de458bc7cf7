# Written by Gantry from the spec: change that, and run `gantry synth`.

# safe cloud: what no change to the infrastructure of dev, staging and prod may bring.
package main

import rego.v1

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

# public bucket, Google Cloud

deny contains message if {
	some resource in data.terraform.resources
	regex.match("^google_storage_bucket_iam_(member|binding)$", resource.type)
	some member in data.terraform.members(resource)
	member in {"allUsers", "allAuthenticatedUsers"}
	message := sprintf("%s opens a bucket to everybody: name the accounts", [resource.address])
}

# Without it a single grant, made by hand, opens the bucket.
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_storage_bucket"
	not data.terraform.is(resource, "public_access_prevention", {"enforced"})
	message := sprintf("%s could be opened to everybody: set public_access_prevention to enforced", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	regex.match("^google_storage_(default_)?(bucket|object)_access_control$", resource.type)
	resource.values.entity in {"allUsers", "allAuthenticatedUsers"}
	message := sprintf("%s opens a bucket to everybody: name the accounts", [resource.address])
}
