# Written by Gantry from the spec: change that, and run `gantry synth`.

# An authority that what talks across regions trusts. Its key is in Terraform's state, which is encrypted; the certificates that it
# signs are made and renewed in the clusters.

resource "tls_private_key" "this" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}

resource "tls_self_signed_cert" "this" {
  private_key_pem       = tls_private_key.this.private_key_pem
  is_ca_certificate     = true
  set_subject_key_id    = true
  validity_period_hours = 87600 # ten years
  early_renewal_hours   = 8760
  allowed_uses          = ["cert_signing", "crl_signing"]

  subject {
    common_name = var.name
  }
}
