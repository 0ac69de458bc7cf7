# Only images that the pipeline has signed may run. The pipeline signs with a key of Cloud KMS that it may use and never sees.

resource "google_kms_key_ring" "this" {
  project  = var.project
  location = var.location
  name     = var.name
}

resource "google_kms_crypto_key" "this" {
  key_ring = google_kms_key_ring.this.id
  name     = var.name
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm = "EC_SIGN_P256_SHA256"
  }

  lifecycle {
    # Without it nothing that is signed can be verified.
    prevent_destroy = true
  }
}

data "google_kms_crypto_key_version" "this" {
  crypto_key = google_kms_crypto_key.this.id
}

resource "google_container_analysis_note" "this" {
  project = var.project
  name    = var.name

  attestation_authority {
    hint {
      human_readable_name = "Built and checked by the pipeline"
    }
  }
}

resource "google_binary_authorization_attestor" "this" {
  project = var.project
  name    = var.name

  attestation_authority_note {
    note_reference = google_container_analysis_note.this.name

    public_keys {
      id = data.google_kms_crypto_key_version.this.id

      pkix_public_key {
        public_key_pem      = data.google_kms_crypto_key_version.this.public_key[0].pem
        signature_algorithm = data.google_kms_crypto_key_version.this.public_key[0].algorithm
      }
    }
  }
}

resource "google_binary_authorization_policy" "this" {
  project = var.project

  # Images of Google's own that every cluster needs.
  global_policy_evaluation_mode = "ENABLE"

  default_admission_rule {
    evaluation_mode         = "REQUIRE_ATTESTATION"
    enforcement_mode        = "ENFORCED_BLOCK_AND_AUDIT_LOG"
    require_attestations_by = [google_binary_authorization_attestor.this.name]
  }

  # What Terraform starts a service with, before its first release.
  dynamic "admission_whitelist_patterns" {
    for_each = var.unsigned

    content {
      name_pattern = admission_whitelist_patterns.value
    }
  }
}

resource "google_kms_crypto_key_iam_member" "signer" {
  crypto_key_id = google_kms_crypto_key.this.id
  role          = "roles/cloudkms.signerVerifier"
  member        = var.signer
}

# A plan reads the public key again, which no role that only looks at things includes.
resource "google_kms_crypto_key_iam_member" "viewers" {
  for_each = var.key_viewers

  crypto_key_id = google_kms_crypto_key.this.id
  role          = "roles/cloudkms.publicKeyViewer"
  member        = each.value
}

resource "google_binary_authorization_attestor_iam_member" "signer" {
  project  = var.project
  attestor = google_binary_authorization_attestor.this.name
  role     = "roles/binaryauthorization.attestorsViewer"
  member   = var.signer
}

resource "google_container_analysis_note_iam_member" "signer" {
  project = var.project
  note    = google_container_analysis_note.this.name
  role    = "roles/containeranalysis.notes.attacher"
  member  = var.signer
}

# An attestation is an occurrence, and those have no narrower place than the project.
resource "google_project_iam_member" "signer" {
  project = var.project
  role    = "roles/containeranalysis.occurrences.editor"
  member  = var.signer
}
