# Written by Gantry from the spec: change that, and run `gantry synth`.

output "provider" {
  description = "The name that GitHub's job asks for: workload_identity_provider."
  value       = google_iam_workload_identity_pool_provider.this.name
}

output "deployer" {
  description = "The deployer's address."
  value       = google_service_account.deployer.email
}

output "deployer_member" {
  description = "The deployer as policies name it."
  value       = google_service_account.deployer.member
}

output "planner" {
  description = "The address of the account that only plans."
  value       = google_service_account.planner.email
}

output "planner_member" {
  description = "The account that only plans, as policies name it."
  value       = google_service_account.planner.member
}

output "previewer_member" {
  description = "The account that shows pull requests, as policies name it. Null without one."
  value       = one(google_service_account.previewer[*].member)
}
