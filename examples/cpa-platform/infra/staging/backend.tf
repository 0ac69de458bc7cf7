# Written by Gantry from the spec: change that, and run `gantry synth`.

terraform {
  backend "s3" {
    bucket       = "cpa-terraform-state"
    key          = "staging/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
