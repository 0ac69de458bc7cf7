# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  account_id = data.aws_caller_identity.current.account_id
  tags = {
    Product     = "ai-governance"
    Environment = "production"
    ManagedBy   = "terraform"
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# The region that takes over when the first is lost.
provider "aws" {
  alias  = "standby"
  region = var.standby_region

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

provider "kubernetes" {
  alias                  = "standby"
  host                   = module.cluster_standby.endpoint
  cluster_ca_certificate = base64decode(module.cluster_standby.ca_certificate)

  exec {
    api_version = "client.authentication.k8s.io/v1beta1"
    command     = "aws"
    args        = ["eks", "get-token", "--cluster-name", module.cluster_standby.name, "--region", var.standby_region]
  }
}

data "aws_caller_identity" "current" {}
