# Written by Gantry from the spec: change that, and run `gantry synth`.

# A topic of Pub/Sub, and the subscriptions that take from it. A message that a subscriber refuses again and again is kept aside.

resource "google_pubsub_topic" "this" {
  project                    = var.project
  name                       = var.name
  message_retention_duration = "${var.keep_seconds}s"
}

resource "google_pubsub_topic" "refused" {
  count = length(var.subscriptions) > 0 ? 1 : 0

  project = var.project
  name    = "${var.name}-refused"
}

resource "google_pubsub_subscription" "this" {
  for_each = var.subscriptions

  project = var.project
  name    = each.value
  topic   = google_pubsub_topic.this.id

  # One that nobody reads for a month stays.
  expiration_policy {
    ttl = ""
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.refused[0].id
    max_delivery_attempts = var.tries
  }
}
