# Written by Gantry from the spec: change that, and run `gantry synth`.

package main_test

import rego.v1

import data.main

test_no_way_to_production_access_to_production_refuses_a_grant_to_an_account_of_production if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"member": "serviceAccount:api@proveniq-ledger-production.iam.gserviceaccount.com", "role": "roles/viewer"}}}]}
}

test_no_way_to_production_access_to_production_refuses_a_peering_with_production_s_network if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"peer_network": "projects/proveniq-ledger-production/global/networks/default"}}}]}
}

test_no_way_to_production_access_to_production_refuses_a_secret_of_production if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"secret": "projects/proveniq-ledger-production/secrets/database-url"}}}]}
}

test_no_way_to_production_access_to_production_refuses_a_bucket_that_is_named_after_production if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"bucket": "proveniq-ledger-production-documents"}}}]}
}

test_no_way_to_production_access_to_production_refuses_a_source_of_data_in_production if {
	count(main.deny) > 0 with input as {"resource_changes": [], "configuration": {"root_module": {"resources": [{"expressions": {"project": {"constant_value": "proveniq-ledger-production"}}}]}}}
}

test_no_way_to_production_access_to_production_refuses_a_resource_in_a_project_of_somebody_else if {
	count(main.deny) > 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"project": "somebody-else"}}}]}
}

test_no_way_to_production_access_to_production_allows_what_is_the_environment_s_own if {
	count(main.deny) == 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"project": "proveniq-ledger-sandbox", "name": "proveniq-ledger-sandbox-documents"}}}]}
}

test_no_way_to_production_access_to_production_allows_a_name_that_only_sounds_like_production_s if {
	count(main.deny) == 0 with input as {"resource_changes": [{"address": "example.made", "type": "example", "change": {"actions": ["create"], "after": {"name": "xproveniq-ledger-production"}}}]}
}
