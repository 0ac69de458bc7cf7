# Written by Gantry from the spec: change that, and run `gantry synth`.

# Who can be told of an alert. Email and PagerDuty are made here. Slack is authorised once by a person in the console, as it takes a
# sign-in to the workspace, and is found here by the name it was given there.
#
# PagerDuty's key comes from Secret Manager. Google has no write-only argument for it, so it also lies in the state, whose bucket is
# encrypted and open to the deployer only.

resource "google_monitoring_notification_channel" "email" {
  for_each = var.email

  project      = var.project
  display_name = each.key
  type         = "email"
  labels       = { email_address = each.value }
}

data "google_secret_manager_secret_version" "pagerduty" {
  for_each = var.pagerduty

  secret = each.value
}

resource "google_monitoring_notification_channel" "pagerduty" {
  for_each = var.pagerduty

  project      = var.project
  display_name = each.key
  type         = "pagerduty"

  sensitive_labels {
    service_key = data.google_secret_manager_secret_version.pagerduty[each.key].secret_data
  }
}

resource "google_secret_manager_secret_iam_member" "readers" {
  for_each = merge([
    for channel, secret in var.pagerduty : { for name, member in var.readers : "${channel} ${name}" => { secret = secret, member = member } }
  ]...)

  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value.member
}

data "google_monitoring_notification_channel" "slack" {
  for_each = var.slack

  project      = var.project
  display_name = each.value
  type         = "slack"
}
