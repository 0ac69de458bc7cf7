# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  account_id = data.aws_caller_identity.current.account_id
  tags = {
    Product     = "cpa-platform"
    Environment = "staging"
    ManagedBy   = "terraform"
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "current" {}
