# Written by Gantry from the spec: change that, and run `gantry synth`.

provider "google" {
  project = var.project
  region  = var.region

  # Budgets are asked for in the name of this project, whoever applies.
  billing_project       = var.project
  user_project_override = true

  default_labels = {
    product     = "proveniq-ledger"
    environment = "sandbox"
  }
}
