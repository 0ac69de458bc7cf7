# Written by Gantry from the spec: change that, and run `gantry synth`.

# A key of Cloud KMS, made new every 90 days: what was sealed with an old version is still opened by it.

resource "google_kms_key_ring" "this" {
  project  = var.project
  location = var.location
  name     = var.name
}

resource "google_kms_crypto_key" "this" {
  key_ring        = google_kms_key_ring.this.id
  name            = var.name
  purpose         = "ENCRYPT_DECRYPT"
  rotation_period = "${var.rotation_days * 24 * 3600}s"

  lifecycle {
    # Nothing that was sealed with a lost key is ever read again.
    prevent_destroy = true
  }
}
