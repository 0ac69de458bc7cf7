# Written by Gantry from the spec: change that, and run `gantry synth`.

terraform {
  # Write-only arguments keep the password out of the state. They came with Terraform 1.11.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}
