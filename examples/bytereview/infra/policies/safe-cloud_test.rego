# Written by Gantry from the spec: change that, and run `gantry synth`.

package main_test

import rego.v1

import data.main

plan(type, values) := {"resource_changes": [{
	"address": concat(".", [type, "made"]),
	"type": type,
	"change": {"actions": ["create"], "after": values},
}]}

test_safe_cloud_wildcard_iam_google_refuses_an_owner if {
	count(main.deny) > 0 with input as plan("google_project_iam_member", {"role": "roles/owner", "member": "user:a@example.com"})
}

test_safe_cloud_wildcard_iam_google_refuses_an_editor_of_a_topic if {
	count(main.deny) > 0 with input as plan("google_pubsub_topic_iam_binding", {"role": "roles/editor", "members": ["user:a@example.com"]})
}

test_safe_cloud_wildcard_iam_google_refuses_everybody_in_a_project if {
	count(main.deny) > 0 with input as plan("google_project_iam_binding", {"role": "roles/viewer", "members": ["allUsers"]})
}

test_safe_cloud_wildcard_iam_google_allows_one_role_for_one_account if {
	count(main.deny) == 0 with input as plan("google_project_iam_member", {"role": "roles/cloudsql.client", "member": "serviceAccount:api@shop.iam.gserviceaccount.com"})
}

test_safe_cloud_public_bucket_google_refuses_a_bucket_that_everybody_reads if {
	count(main.deny) > 0 with input as plan("google_storage_bucket_iam_member", {"member": "allUsers", "role": "roles/storage.objectViewer"})
}

test_safe_cloud_public_bucket_google_refuses_a_bucket_for_whoever_has_signed_in if {
	count(main.deny) > 0 with input as plan("google_storage_bucket_iam_binding", {"members": ["allAuthenticatedUsers"], "role": "roles/storage.objectViewer"})
}

test_safe_cloud_public_bucket_google_refuses_a_bucket_that_could_be_opened if {
	count(main.deny) > 0 with input as plan("google_storage_bucket", {"name": "shop-documents"})
}

test_safe_cloud_public_bucket_google_refuses_an_entry_for_everybody if {
	count(main.deny) > 0 with input as plan("google_storage_bucket_access_control", {"entity": "allUsers"})
}

test_safe_cloud_public_bucket_google_allows_a_closed_bucket if {
	count(main.deny) == 0 with input as plan("google_storage_bucket", {"name": "shop-documents", "public_access_prevention": "enforced"})
}

test_safe_cloud_public_bucket_google_allows_a_reader_with_a_name if {
	count(main.deny) == 0 with input as plan("google_storage_bucket_iam_member", {"member": "serviceAccount:api@shop.iam.gserviceaccount.com", "role": "roles/storage.objectViewer"})
}
