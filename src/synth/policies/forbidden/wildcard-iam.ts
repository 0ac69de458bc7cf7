import { type Forbidden, type Json, allows, refuses } from "../rule.ts";

const statement = (more: Readonly<Record<string, string>>) => JSON.stringify({ Statement: [{ Effect: "Allow", ...more }] });

const boundary = "arn:aws:iam::123456789012:policy/shop-boundary";

/** A role with a boundary, that boundary, and a policy attached to the role. */
const within = (attached: string): Json => {
  const made = (type: string, after: Json) => ({ address: `${type}.made`, type, change: { actions: ["create"], after } });
  return {
    resource_changes: [
      made("aws_iam_role", { name: "deploy", permissions_boundary: boundary }),
      made("aws_iam_policy", { name: "shop-boundary", policy: statement({ NotAction: "iam:*", Resource: "*" }) }),
      made("aws_iam_role_policy_attachment", { role: "deploy", policy_arn: attached }),
    ],
  };
};

export const wildcardIam: Forbidden = {
  google: {
    rules: `
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
`,
    cases: [
      refuses("an owner", "google_project_iam_member", { role: "roles/owner", member: "user:a@example.com" }),
      refuses("an editor of a topic", "google_pubsub_topic_iam_binding", {
        role: "roles/editor",
        members: ["user:a@example.com"],
      }),
      refuses("everybody in a project", "google_project_iam_binding", { role: "roles/viewer", members: ["allUsers"] }),
      allows("one role for one account", "google_project_iam_member", {
        role: "roles/cloudsql.client",
        member: "serviceAccount:api@shop.iam.gserviceaccount.com",
      }),
    ],
  },
  aws: {
    rules: `
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
`,
    cases: [
      refuses("every action", "aws_iam_policy", { policy: statement({ Action: "*", Resource: "arn:aws:s3:::shop/*" }) }),
      refuses("all of a service on everything", "aws_iam_role_policy", { policy: statement({ Action: "s3:*", Resource: "*" }) }),
      refuses("all actions but some", "aws_iam_role_policy", { policy: statement({ NotAction: "iam:*", Resource: "*" }) }),
      refuses("a document with every action", "aws_iam_policy_document", { statement: [{ actions: ["*"], resources: ["*"] }] }),
      refuses("administrator access", "aws_iam_role_policy_attachment", {
        policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
      refuses("a role for everybody", "aws_iam_role", {
        assume_role_policy: statement({ Principal: "*", Action: "sts:AssumeRole" }),
      }),
      allows("one action on one bucket", "aws_iam_policy", {
        policy: statement({ Action: "s3:GetObject", Resource: "arn:aws:s3:::shop/*" }),
      }),
      {
        is: "a power user within a boundary",
        refused: false,
        plan: { whole: within("arn:aws:iam::aws:policy/PowerUserAccess") },
      },
      { is: "a boundary that is attached", refused: true, plan: { whole: within(boundary) } },
      {
        is: "an administrator within a boundary",
        refused: true,
        plan: { whole: within("arn:aws:iam::aws:policy/AdministratorAccess") },
      },
      refuses("a power user without a boundary", "aws_iam_role_policy_attachment", {
        role: "deploy",
        policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess",
      }),
      allows("a role for the tasks of ECS", "aws_iam_role", {
        assume_role_policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      }),
    ],
  },
  azurerm: {
    rules: `
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_role_assignment"
	resource.values.role_definition_name in {"Owner", "User Access Administrator"}
	message := sprintf("%s assigns %s: assign the role that is needed", [resource.address, resource.values.role_definition_name])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_role_assignment"
	resource.values.role_definition_name == "Contributor"
	regex.match("^/subscriptions/[^/]+/?$", resource.values.scope)
	message := sprintf("%s lets somebody change everything in a subscription: give it a narrower scope", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_role_definition"
	some permissions in resource.values.permissions
	some action in data.terraform.listed(object.get(permissions, "actions", []))
	action == "*"
	message := sprintf("%s allows every action: name the actions", [resource.address])
}
`,
    cases: [
      refuses("an owner", "azurerm_role_assignment", {
        role_definition_name: "Owner",
        scope: "/subscriptions/1/resourceGroups/a",
      }),
      refuses("a contributor to a subscription", "azurerm_role_assignment", {
        role_definition_name: "Contributor",
        scope: "/subscriptions/1",
      }),
      refuses("a role for every action", "azurerm_role_definition", { permissions: [{ actions: ["*"] }] }),
      allows("a reader of blobs", "azurerm_role_assignment", {
        role_definition_name: "Storage Blob Data Reader",
        scope: "/subscriptions/1/resourceGroups/a",
      }),
    ],
  },
  kubernetes: {
    rules: `
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
`,
    cases: [
      refuses("a role for everything", "kubernetes_role_v1", { rule: [{ api_groups: ["*"], resources: ["*"], verbs: ["*"] }] }),
      refuses("an administrator of the cluster", "kubernetes_cluster_role_binding_v1", { role_ref: [{ name: "cluster-admin" }] }),
      allows("a role that reads pods", "kubernetes_role_v1", {
        rule: [{ api_groups: [""], resources: ["pods"], verbs: ["get"] }],
      }),
    ],
  },
};
