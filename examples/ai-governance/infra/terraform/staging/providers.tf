# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  account_id = data.aws_caller_identity.current.account_id
  tags = {
    Product     = "ai-governance"
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

# A token for each run: none is kept.
provider "kubernetes" {
  host                   = module.cluster.endpoint
  cluster_ca_certificate = base64decode(module.cluster.ca_certificate)

  exec {
    api_version = "client.authentication.k8s.io/v1beta1"
    command     = "aws"
    args        = ["eks", "get-token", "--cluster-name", module.cluster.name, "--region", var.region]
  }
}

data "aws_caller_identity" "current" {}
