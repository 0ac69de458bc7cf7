# Written by Gantry from the spec: change that, and run `gantry synth`.

module "encryption" {
  source = "../modules/encryption"

  name        = "ai-governance-registry"
  description = "Images"
  account_id  = "444455556666"
}

module "registry" {
  source = "../modules/registry"

  repositories = ["governance/client", "governance/server", "governance/worker", "mc", "minio"]
  kms_key_arn  = module.encryption.key_arn
  readers      = [var.staging_account_id, var.production_account_id]
  writers = {
    staging = {
      account_id = var.staging_account_id
      role       = "terraform"
    }
    production = {
      account_id = var.production_account_id
      role       = "terraform"
    }
  }
  copies = {
    account_id = "444455556666"
    regions    = ["eu-west-1"]
  }
}

module "encryption_eu_west_1" {
  source = "../modules/encryption"

  providers = {
    aws = aws.eu_west_1
  }

  name        = "ai-governance-registry"
  description = "Images"
  account_id  = "444455556666"
}

module "registry_eu_west_1" {
  source = "../modules/registry"

  providers = {
    aws = aws.eu_west_1
  }

  repositories = ["governance/client", "governance/server", "governance/worker", "mc", "minio"]
  kms_key_arn  = module.encryption_eu_west_1.key_arn
  readers      = [var.staging_account_id, var.production_account_id]
}
