import { type Forbidden, allows, refuses } from "../rule.ts";

const policyFor = (principal: string, more = {}) =>
  JSON.stringify({
    Statement: [{ Effect: "Allow", Principal: principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::shop/*", ...more }],
  });

export const publicBucket: Forbidden = {
  google: {
    rules: `
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
`,
    cases: [
      refuses("a bucket that everybody reads", "google_storage_bucket_iam_member", {
        member: "allUsers",
        role: "roles/storage.objectViewer",
      }),
      refuses("a bucket for whoever has signed in", "google_storage_bucket_iam_binding", {
        members: ["allAuthenticatedUsers"],
        role: "roles/storage.objectViewer",
      }),
      refuses("a bucket that could be opened", "google_storage_bucket", { name: "shop-documents" }),
      refuses("an entry for everybody", "google_storage_bucket_access_control", { entity: "allUsers" }),
      allows("a closed bucket", "google_storage_bucket", { name: "shop-documents", public_access_prevention: "enforced" }),
      allows("a reader with a name", "google_storage_bucket_iam_member", {
        member: "serviceAccount:api@shop.iam.gserviceaccount.com",
        role: "roles/storage.objectViewer",
      }),
    ],
  },
  aws: {
    rules: `
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
`,
    cases: [
      refuses("an ACL for everybody", "aws_s3_bucket_acl", { acl: "public-read" }),
      refuses("a way left open", "aws_s3_bucket_public_access_block", {
        block_public_acls: true,
        block_public_policy: false,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      }),
      refuses("a policy for everybody", "aws_s3_bucket_policy", { policy: policyFor("*") }),
      allows("a closed bucket", "aws_s3_bucket_public_access_block", {
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      }),
      allows("a policy that only refuses", "aws_s3_bucket_policy", { policy: policyFor("*", { Effect: "Deny" }) }),
    ],
  },
  azurerm: {
    rules: `
# The provider's own default is that containers may be opened.
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_storage_account"
	not data.terraform.is(resource, "allow_nested_items_to_be_public", {false})
	message := sprintf("%s could be opened to everybody: set allow_nested_items_to_be_public to false", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_storage_container"
	resource.values.container_access_type in {"blob", "container"}
	message := sprintf("%s is open to everybody: set container_access_type to private", [resource.address])
}
`,
    cases: [
      refuses("an account that could be opened", "azurerm_storage_account", { name: "shop", min_tls_version: "TLS1_2" }),
      refuses("an open container", "azurerm_storage_container", { container_access_type: "blob" }),
      allows("a closed account", "azurerm_storage_account", {
        allow_nested_items_to_be_public: false,
        min_tls_version: "TLS1_2",
      }),
      allows("a closed container", "azurerm_storage_container", { container_access_type: "private" }),
    ],
  },
};
