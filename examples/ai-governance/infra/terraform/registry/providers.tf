# Written by Gantry from the spec: change that, and run `gantry synth`.

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["444455556666"]
}

provider "aws" {
  alias               = "eu_west_1"
  region              = "eu-west-1"
  allowed_account_ids = ["444455556666"]
}
