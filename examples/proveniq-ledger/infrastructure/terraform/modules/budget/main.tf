# Written by Gantry from the spec: change that, and run `gantry synth`.

# What a project may cost in a month, and who hears of it when. Google knows no daily budget and stops nothing by itself: with a
# topic it tells many times a day what the month has cost so far, and whoever listens there compares it with yesterday's and acts.

data "google_project" "this" {
  project_id = var.project
}

resource "google_pubsub_topic" "this" {
  count = var.topic == null ? 0 : 1

  project = var.project
  name    = var.topic
}

# Billing publishes as this account of Google's own.
resource "google_pubsub_topic_iam_member" "billing" {
  count = var.topic == null ? 0 : 1

  topic  = google_pubsub_topic.this[0].id
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:billing-budget-alert@system.gserviceaccount.com"
}

resource "google_billing_budget" "this" {
  billing_account = var.billing_account
  display_name    = var.name

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      currency_code = "USD"
      units         = tostring(var.monthly_usd)
    }
  }

  dynamic "threshold_rules" {
    for_each = var.alert_at

    content {
      threshold_percent = threshold_rules.value
    }
  }

  # Where nobody is named, those who administer billing are told.
  dynamic "all_updates_rule" {
    for_each = length(var.channels) > 0 || var.topic != null ? [1] : []

    content {
      monitoring_notification_channels = var.channels
      pubsub_topic                     = one(google_pubsub_topic_iam_member.billing[*].topic)
      disable_default_iam_recipients   = length(var.channels) > 0
    }
  }
}
