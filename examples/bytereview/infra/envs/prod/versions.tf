# Written by Gantry from the spec: change that, and run `gantry synth`.

terraform {
  # Not 1.8: below 1.11 the generated password of the database would lie in the state.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}
