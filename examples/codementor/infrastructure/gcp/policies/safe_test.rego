# Written by Gantry from the spec: change that, and run `gantry synth`.

package main_test

import rego.v1

import data.main

plan(type, values) := {"resource_changes": [{
	"address": concat(".", [type, "made"]),
	"type": type,
	"change": {"actions": ["create"], "after": values},
}]}

test_safe_public_database_google_refuses_an_instance_with_a_public_address if {
	count(main.deny) > 0 with input as plan("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY", "ipv4_enabled": true}]}]})
}

test_safe_public_database_google_refuses_an_instance_that_says_nothing if {
	count(main.deny) > 0 with input as plan("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY"}]}]})
}

test_safe_public_database_google_refuses_an_instance_for_every_address if {
	count(main.deny) > 0 with input as plan("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY", "ipv4_enabled": false, "authorized_networks": [{"value": "0.0.0.0/0"}]}]}]})
}

test_safe_public_database_google_allows_a_private_instance if {
	count(main.deny) == 0 with input as plan("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY", "ipv4_enabled": false}]}]})
}

test_safe_wildcard_iam_google_refuses_an_owner if {
	count(main.deny) > 0 with input as plan("google_project_iam_member", {"role": "roles/owner", "member": "user:a@example.com"})
}

test_safe_wildcard_iam_google_refuses_an_editor_of_a_topic if {
	count(main.deny) > 0 with input as plan("google_pubsub_topic_iam_binding", {"role": "roles/editor", "members": ["user:a@example.com"]})
}

test_safe_wildcard_iam_google_refuses_everybody_in_a_project if {
	count(main.deny) > 0 with input as plan("google_project_iam_binding", {"role": "roles/viewer", "members": ["allUsers"]})
}

test_safe_wildcard_iam_google_allows_one_role_for_one_account if {
	count(main.deny) == 0 with input as plan("google_project_iam_member", {"role": "roles/cloudsql.client", "member": "serviceAccount:api@shop.iam.gserviceaccount.com"})
}

test_safe_unencrypted_data_google_refuses_a_database_that_takes_plain_connections if {
	count(main.deny) > 0 with input as plan("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ipv4_enabled": false}]}]})
}

test_safe_unencrypted_data_google_refuses_a_cache_that_takes_plain_connections if {
	count(main.deny) > 0 with input as plan("google_redis_instance", {"transit_encryption_mode": "DISABLED"})
}

test_safe_unencrypted_data_google_allows_a_database_that_wants_tls if {
	count(main.deny) == 0 with input as plan("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ipv4_enabled": false, "ssl_mode": "ENCRYPTED_ONLY"}]}]})
}

test_safe_unencrypted_data_google_allows_a_cache_that_wants_tls if {
	count(main.deny) == 0 with input as plan("google_redis_instance", {"transit_encryption_mode": "SERVER_AUTHENTICATION"})
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
