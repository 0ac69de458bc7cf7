import type { Case, Forbidden, Json } from "../rule.ts";

/** What production is known by in its cloud, and what is allowed to look like it: the environment's own. */
export type Isolation = { readonly production: readonly string[]; readonly own: readonly string[] };

export function accessToProduction({ production, own }: Isolation): Forbidden {
  const [theirs = "production"] = production;
  const [ours = "sandbox"] = own;
  return {
    every: {
      rules: `
# What production is known by: its project, in members of IAM, in addresses of networks and secrets, in names of buckets.
production := ${JSON.stringify(production)}

# The same of the environments that this is about.
own := ${JSON.stringify(own)}

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
`,
      cases: [
        leads("a grant to an account of production", [
          { member: `serviceAccount:api@${theirs}.iam.gserviceaccount.com`, role: "roles/viewer" },
        ]),
        leads("a peering with production's network", [{ peer_network: `projects/${theirs}/global/networks/default` }]),
        leads("a secret of production", [{ secret: `projects/${theirs}/secrets/database-url` }]),
        leads("a bucket that is named after production", [{ bucket: `${theirs}-documents` }]),
        {
          is: "a source of data in production",
          refused: true,
          plan: {
            whole: {
              resource_changes: [],
              configuration: { root_module: { resources: [{ expressions: { project: { constant_value: theirs } } }] } },
            },
          },
        },
        leads("a resource in a project of somebody else", [{ project: "somebody-else" }]),
        { ...leads("what is the environment's own", [{ project: ours, name: `${ours}-documents` }]), refused: false },
        { ...leads("a name that only sounds like production's", [{ name: `x${theirs}` }]), refused: false },
      ],
    },
  };
}

function leads(is: string, values: readonly Json[]): Case {
  const changes = values.map((after) => ({ address: "example.made", type: "example", change: { actions: ["create"], after } }));
  return { is, refused: true, plan: { whole: { resource_changes: changes } } };
}
