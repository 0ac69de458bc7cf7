# Written by Gantry from the spec: change that, and run `gantry synth`.

# Secrets of Secret Manager without their values, which neither Terraform nor its state ever sees. A person or a rotation gives each
# its first version before what reads it is started:
#   gcloud secrets versions add <name> --data-file=-

resource "google_secret_manager_secret" "this" {
  for_each = var.names

  project   = var.project
  secret_id = each.value

  replication {
    auto {}
  }
}
