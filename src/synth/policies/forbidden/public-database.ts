import { type Forbidden, type Json, allows, refuses } from "../rule.ts";

const cloudSql = (addresses: { readonly [key: string]: Json }) => ({
  settings: [{ ip_configuration: [{ ssl_mode: "ENCRYPTED_ONLY", ...addresses }] }],
});

export const publicDatabase: Forbidden = {
  google: {
    rules: `
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
`,
    cases: [
      refuses("an instance with a public address", "google_sql_database_instance", cloudSql({ ipv4_enabled: true })),
      refuses("an instance that says nothing", "google_sql_database_instance", cloudSql({})),
      refuses(
        "an instance for every address",
        "google_sql_database_instance",
        cloudSql({ ipv4_enabled: false, authorized_networks: [{ value: "0.0.0.0/0" }] }),
      ),
      allows("a private instance", "google_sql_database_instance", cloudSql({ ipv4_enabled: false })),
    ],
  },
  aws: {
    rules: `
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
`,
    cases: [
      refuses("an instance with a public address", "aws_db_instance", { publicly_accessible: true, storage_encrypted: true }),
      refuses("a group that lets everybody in", "aws_security_group", {
        ingress: [{ from_port: 5432, to_port: 5432, cidr_blocks: ["0.0.0.0/0"] }],
      }),
      refuses("a rule that lets everybody in", "aws_vpc_security_group_ingress_rule", {
        from_port: 0,
        to_port: 65535,
        cidr_ipv4: "0.0.0.0/0",
      }),
      refuses("a rule for every protocol", "aws_security_group_rule", {
        type: "ingress",
        protocol: "-1",
        from_port: 0,
        to_port: 0,
        cidr_blocks: ["0.0.0.0/0"],
      }),
      allows("a private instance", "aws_db_instance", { publicly_accessible: false, storage_encrypted: true }),
      allows("a load balancer for everybody", "aws_vpc_security_group_ingress_rule", {
        from_port: 443,
        to_port: 443,
        cidr_ipv4: "0.0.0.0/0",
      }),
    ],
  },
  azurerm: {
    rules: `
# The provider's own default is a public address.
deny contains message if {
	some resource in data.terraform.resources
	resource.type in {"azurerm_postgresql_flexible_server", "azurerm_redis_cache"}
	not data.terraform.is(resource, "public_network_access_enabled", {false})
	message := sprintf("%s has a public address: set public_network_access_enabled to false", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_postgresql_flexible_server_firewall_rule"
	resource.values.start_ip_address == "0.0.0.0"
	message := sprintf("%s lets every address, or every customer of Azure, in: name the addresses", [resource.address])
}
`,
    cases: [
      refuses("a server with a public address", "azurerm_postgresql_flexible_server", { public_network_access_enabled: true }),
      refuses("a server that says nothing", "azurerm_postgresql_flexible_server", { name: "shop" }),
      refuses("a rule for every address", "azurerm_postgresql_flexible_server_firewall_rule", {
        start_ip_address: "0.0.0.0",
        end_ip_address: "255.255.255.255",
      }),
      allows("a private server", "azurerm_postgresql_flexible_server", { public_network_access_enabled: false }),
    ],
  },
  kubernetes: {
    rules: `
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
`,
    cases: [
      refuses("a database at a load balancer", "kubernetes_service_v1", {
        spec: [{ type: "LoadBalancer", port: [{ port: 5432 }] }],
      }),
      allows("a database inside the cluster", "kubernetes_service_v1", { spec: [{ type: "ClusterIP", port: [{ port: 5432 }] }] }),
    ],
  },
};
