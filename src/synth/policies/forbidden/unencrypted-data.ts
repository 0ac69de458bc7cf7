import { type Forbidden, type Json, allows, refuses } from "../rule.ts";

const cloudSql = (more: { readonly [key: string]: Json }) => ({
  settings: [{ ip_configuration: [{ ipv4_enabled: false, ...more }] }],
});

export const unencryptedData: Forbidden = {
  google: {
    rules: `
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
`,
    cases: [
      refuses("a database that takes plain connections", "google_sql_database_instance", cloudSql({})),
      refuses("a cache that takes plain connections", "google_redis_instance", { transit_encryption_mode: "DISABLED" }),
      allows("a database that wants TLS", "google_sql_database_instance", cloudSql({ ssl_mode: "ENCRYPTED_ONLY" })),
      allows("a cache that wants TLS", "google_redis_instance", { transit_encryption_mode: "SERVER_AUTHENTICATION" }),
    ],
  },
  aws: {
    rules: `
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
`,
    cases: [
      refuses("a database in the clear", "aws_db_instance", { storage_encrypted: false, publicly_accessible: false }),
      refuses("a disk in the clear", "aws_ebs_volume", { size: 10 }),
      refuses("a cache in the clear", "aws_elasticache_replication_group", {
        at_rest_encryption_enabled: true,
        transit_encryption_enabled: false,
      }),
      allows("an encrypted database", "aws_db_instance", { storage_encrypted: true, publicly_accessible: false }),
      allows("a replica", "aws_db_instance", { replicate_source_db: "shop", publicly_accessible: false }),
      allows("an encrypted cache", "aws_elasticache_replication_group", {
        at_rest_encryption_enabled: true,
        transit_encryption_enabled: true,
      }),
    ],
  },
  azurerm: {
    rules: `
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_postgresql_flexible_server_configuration"
	resource.values.name == "require_secure_transport"
	lower(resource.values.value) == "off"
	message := sprintf("%s takes connections without TLS: leave require_secure_transport on", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_storage_account"
	object.get(resource.values, "https_traffic_only_enabled", null) == false
	message := sprintf("%s answers without TLS: set https_traffic_only_enabled to true", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type in {"azurerm_storage_account", "azurerm_redis_cache"}
	version := object.get(resource.values, "min_tls_version", object.get(resource.values, "minimum_tls_version", null))
	version in {"TLS1_0", "TLS1_1", "1.0", "1.1"}
	message := sprintf("%s takes TLS %s: ask for 1.2", [resource.address, version])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "azurerm_redis_cache"
	resource.values.non_ssl_port_enabled == true
	message := sprintf("%s takes connections without TLS: set non_ssl_port_enabled to false", [resource.address])
}
`,
    cases: [
      refuses("a database that takes plain connections", "azurerm_postgresql_flexible_server_configuration", {
        name: "require_secure_transport",
        value: "OFF",
      }),
      refuses("an account that answers without TLS", "azurerm_storage_account", {
        https_traffic_only_enabled: false,
        allow_nested_items_to_be_public: false,
      }),
      refuses("an old TLS", "azurerm_storage_account", { min_tls_version: "TLS1_0", allow_nested_items_to_be_public: false }),
      allows("TLS 1.2", "azurerm_storage_account", {
        https_traffic_only_enabled: true,
        min_tls_version: "TLS1_2",
        allow_nested_items_to_be_public: false,
      }),
    ],
  },
  kubernetes: {
    rules: `
deny contains message if {
	some resource in data.terraform.resources
	regex.match("^kubernetes_storage_class(_v1)?$", resource.type)
	resource.values.storage_provisioner == "ebs.csi.aws.com"
	object.get(resource.values, ["parameters", "encrypted"], "false") != "true"
	message := sprintf("%s makes disks in the clear: set the parameter encrypted to true", [resource.address])
}
`,
    cases: [
      refuses("disks in the clear", "kubernetes_storage_class_v1", {
        storage_provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3" },
      }),
      allows("encrypted disks", "kubernetes_storage_class_v1", {
        storage_provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true" },
      }),
    ],
  },
};
