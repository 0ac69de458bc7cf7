# Written by Gantry from the spec: change that, and run `gantry synth`.

package main_test

import rego.v1

import data.main

plan(type, values) := {"resource_changes": [{
	"address": concat(".", [type, "made"]),
	"type": type,
	"change": {"actions": ["create"], "after": values},
}]}

test_safe_public_bucket_aws_refuses_an_acl_for_everybody if {
	count(main.deny) > 0 with input as plan("aws_s3_bucket_acl", {"acl": "public-read"})
}

test_safe_public_bucket_aws_refuses_a_way_left_open if {
	count(main.deny) > 0 with input as plan("aws_s3_bucket_public_access_block", {"block_public_acls": true, "block_public_policy": false, "ignore_public_acls": true, "restrict_public_buckets": true})
}

test_safe_public_bucket_aws_refuses_a_policy_for_everybody if {
	count(main.deny) > 0 with input as plan("aws_s3_bucket_policy", {"policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::shop/*\"}]}"})
}

test_safe_public_bucket_aws_allows_a_closed_bucket if {
	count(main.deny) == 0 with input as plan("aws_s3_bucket_public_access_block", {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true})
}

test_safe_public_bucket_aws_allows_a_policy_that_only_refuses if {
	count(main.deny) == 0 with input as plan("aws_s3_bucket_policy", {"policy": "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::shop/*\"}]}"})
}

test_safe_public_database_aws_refuses_an_instance_with_a_public_address if {
	count(main.deny) > 0 with input as plan("aws_db_instance", {"publicly_accessible": true, "storage_encrypted": true})
}

test_safe_public_database_aws_refuses_a_group_that_lets_everybody_in if {
	count(main.deny) > 0 with input as plan("aws_security_group", {"ingress": [{"from_port": 5432, "to_port": 5432, "cidr_blocks": ["0.0.0.0/0"]}]})
}

test_safe_public_database_aws_refuses_a_rule_that_lets_everybody_in if {
	count(main.deny) > 0 with input as plan("aws_vpc_security_group_ingress_rule", {"from_port": 0, "to_port": 65535, "cidr_ipv4": "0.0.0.0/0"})
}

test_safe_public_database_aws_refuses_a_rule_for_every_protocol if {
	count(main.deny) > 0 with input as plan("aws_security_group_rule", {"type": "ingress", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]})
}

test_safe_public_database_aws_allows_a_private_instance if {
	count(main.deny) == 0 with input as plan("aws_db_instance", {"publicly_accessible": false, "storage_encrypted": true})
}

test_safe_public_database_aws_allows_a_load_balancer_for_everybody if {
	count(main.deny) == 0 with input as plan("aws_vpc_security_group_ingress_rule", {"from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"})
}

test_safe_public_database_kubernetes_refuses_a_database_at_a_load_balancer if {
	count(main.deny) > 0 with input as plan("kubernetes_service_v1", {"spec": [{"type": "LoadBalancer", "port": [{"port": 5432}]}]})
}

test_safe_public_database_kubernetes_allows_a_database_inside_the_cluster if {
	count(main.deny) == 0 with input as plan("kubernetes_service_v1", {"spec": [{"type": "ClusterIP", "port": [{"port": 5432}]}]})
}

test_safe_wildcard_iam_aws_refuses_every_action if {
	count(main.deny) > 0 with input as plan("aws_iam_policy", {"policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::shop/*\"}]}"})
}

test_safe_wildcard_iam_aws_refuses_all_of_a_service_on_everything if {
	count(main.deny) > 0 with input as plan("aws_iam_role_policy", {"policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"})
}

test_safe_wildcard_iam_aws_refuses_all_actions_but_some if {
	count(main.deny) > 0 with input as plan("aws_iam_role_policy", {"policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}]}"})
}

test_safe_wildcard_iam_aws_refuses_a_document_with_every_action if {
	count(main.deny) > 0 with input as plan("aws_iam_policy_document", {"statement": [{"actions": ["*"], "resources": ["*"]}]})
}

test_safe_wildcard_iam_aws_refuses_administrator_access if {
	count(main.deny) > 0 with input as plan("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"})
}

test_safe_wildcard_iam_aws_refuses_a_role_for_everybody if {
	count(main.deny) > 0 with input as plan("aws_iam_role", {"assume_role_policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\"}]}"})
}

test_safe_wildcard_iam_aws_allows_one_action_on_one_bucket if {
	count(main.deny) == 0 with input as plan("aws_iam_policy", {"policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::shop/*\"}]}"})
}

test_safe_wildcard_iam_aws_allows_a_power_user_within_a_boundary if {
	count(main.deny) == 0 with input as {"resource_changes": [{"address": "aws_iam_role.made", "type": "aws_iam_role", "change": {"actions": ["create"], "after": {"name": "deploy", "permissions_boundary": "arn:aws:iam::123456789012:policy/shop-boundary"}}}, {"address": "aws_iam_policy.made", "type": "aws_iam_policy", "change": {"actions": ["create"], "after": {"name": "shop-boundary", "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}]}"}}}, {"address": "aws_iam_role_policy_attachment.made", "type": "aws_iam_role_policy_attachment", "change": {"actions": ["create"], "after": {"role": "deploy", "policy_arn": "arn:aws:iam::aws:policy/PowerUserAccess"}}}]}
}

test_safe_wildcard_iam_aws_refuses_a_boundary_that_is_attached if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "aws_iam_role.made", "type": "aws_iam_role", "change": {"actions": ["create"], "after": {"name": "deploy", "permissions_boundary": "arn:aws:iam::123456789012:policy/shop-boundary"}}}, {"address": "aws_iam_policy.made", "type": "aws_iam_policy", "change": {"actions": ["create"], "after": {"name": "shop-boundary", "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}]}"}}}, {"address": "aws_iam_role_policy_attachment.made", "type": "aws_iam_role_policy_attachment", "change": {"actions": ["create"], "after": {"role": "deploy", "policy_arn": "arn:aws:iam::123456789012:policy/shop-boundary"}}}]}
}

test_safe_wildcard_iam_aws_refuses_an_administrator_within_a_boundary if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "aws_iam_role.made", "type": "aws_iam_role", "change": {"actions": ["create"], "after": {"name": "deploy", "permissions_boundary": "arn:aws:iam::123456789012:policy/shop-boundary"}}}, {"address": "aws_iam_policy.made", "type": "aws_iam_policy", "change": {"actions": ["create"], "after": {"name": "shop-boundary", "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}]}"}}}, {"address": "aws_iam_role_policy_attachment.made", "type": "aws_iam_role_policy_attachment", "change": {"actions": ["create"], "after": {"role": "deploy", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}}}]}
}

test_safe_wildcard_iam_aws_refuses_a_power_user_without_a_boundary if {
	count(main.deny) > 0 with input as plan("aws_iam_role_policy_attachment", {"role": "deploy", "policy_arn": "arn:aws:iam::aws:policy/PowerUserAccess"})
}

test_safe_wildcard_iam_aws_allows_a_role_for_the_tasks_of_ecs if {
	count(main.deny) == 0 with input as plan("aws_iam_role", {"assume_role_policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ecs-tasks.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"})
}

test_safe_wildcard_iam_kubernetes_refuses_a_role_for_everything if {
	count(main.deny) > 0 with input as plan("kubernetes_role_v1", {"rule": [{"api_groups": ["*"], "resources": ["*"], "verbs": ["*"]}]})
}

test_safe_wildcard_iam_kubernetes_refuses_an_administrator_of_the_cluster if {
	count(main.deny) > 0 with input as plan("kubernetes_cluster_role_binding_v1", {"role_ref": [{"name": "cluster-admin"}]})
}

test_safe_wildcard_iam_kubernetes_allows_a_role_that_reads_pods if {
	count(main.deny) == 0 with input as plan("kubernetes_role_v1", {"rule": [{"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}]})
}

test_safe_unencrypted_data_aws_refuses_a_database_in_the_clear if {
	count(main.deny) > 0 with input as plan("aws_db_instance", {"storage_encrypted": false, "publicly_accessible": false})
}

test_safe_unencrypted_data_aws_refuses_a_disk_in_the_clear if {
	count(main.deny) > 0 with input as plan("aws_ebs_volume", {"size": 10})
}

test_safe_unencrypted_data_aws_refuses_a_cache_in_the_clear if {
	count(main.deny) > 0 with input as plan("aws_elasticache_replication_group", {"at_rest_encryption_enabled": true, "transit_encryption_enabled": false})
}

test_safe_unencrypted_data_aws_allows_an_encrypted_database if {
	count(main.deny) == 0 with input as plan("aws_db_instance", {"storage_encrypted": true, "publicly_accessible": false})
}

test_safe_unencrypted_data_aws_allows_a_replica if {
	count(main.deny) == 0 with input as plan("aws_db_instance", {"replicate_source_db": "shop", "publicly_accessible": false})
}

test_safe_unencrypted_data_aws_allows_an_encrypted_cache if {
	count(main.deny) == 0 with input as plan("aws_elasticache_replication_group", {"at_rest_encryption_enabled": true, "transit_encryption_enabled": true})
}

test_safe_unencrypted_data_kubernetes_refuses_disks_in_the_clear if {
	count(main.deny) > 0 with input as plan("kubernetes_storage_class_v1", {"storage_provisioner": "ebs.csi.aws.com", "parameters": {"type": "gp3"}})
}

test_safe_unencrypted_data_kubernetes_allows_encrypted_disks if {
	count(main.deny) == 0 with input as plan("kubernetes_storage_class_v1", {"storage_provisioner": "ebs.csi.aws.com", "parameters": {"type": "gp3", "encrypted": "true"}})
}

test_safe_secret_in_code_refuses_a_password if {
	count(main.deny) > 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"password": {"constant_value": "correct horse"}}}]}}}
}

test_safe_secret_in_code_refuses_a_variable_with_a_token if {
	count(main.deny) > 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"env": [{"name": {"constant_value": "API_TOKEN"}, "value": {"constant_value": "abc"}}]}}]}}}
}

test_safe_secret_in_code_refuses_a_map_of_variables_with_a_password if {
	count(main.deny) > 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"environment": {"constant_value": {"DB_PASSWORD": "abc"}}}}]}}}
}

test_safe_secret_in_code_refuses_an_address_with_a_password if {
	count(main.deny) > 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"value": {"constant_value": "postgres://shop:abc@10.0.0.3/shop"}}}]}}}
}

test_safe_secret_in_code_refuses_a_key_of_aws if {
	count(main.deny) > 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"user_data": {"constant_value": "export ID=AKIAAAAAAAAAAAAAAAAA"}}}]}}}
}

test_safe_secret_in_code_allows_a_password_that_is_generated if {
	count(main.deny) == 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"password": {"references": ["random_password.db.result"]}}}]}}}
}

test_safe_secret_in_code_allows_the_name_of_a_secret if {
	count(main.deny) == 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"secret_id": {"constant_value": "database-password"}}}]}}}
}

test_safe_secret_in_code_allows_a_variable_that_is_none if {
	count(main.deny) == 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "example.made", "type": "example", "expressions": {"env": [{"name": {"constant_value": "LOG_LEVEL"}, "value": {"constant_value": "info"}}]}}]}}}
}
