# Written by Gantry from the spec: change that, and run `gantry synth`.

# The cold standby in us-east1. Nothing of it exists until the first region is lost. Then:
# - restore the last backup of db into a new instance there, by the name that it has below;
# - terraform import the instance, its database and its user into their module;
# - terraform apply, which makes the rest and gives the database a new password;
# - build the released version into the registry there, and release it;
# - infra/scripts/dns-cut-over.sh moves the domains to this root's address.
# What it shares with the first region lies in several, and is found in that region's state.
data "terraform_remote_state" "primary" {
  backend = "gcs"
  config = {
    bucket = "bytereview-tf-state"
    prefix = "prod"
  }
}

locals {
  primary = data.terraform_remote_state.primary.outputs.for_standby
}

module "network" {
  source = "../../../modules/network"

  project = var.project
  region  = var.region
  name    = "bytereview-standby"
}

module "registry" {
  source = "../../../modules/artifact_registry"

  project     = var.project
  location    = var.region
  name        = "bytereview"
  description = "Images of ByteReview, in the second region"
}
