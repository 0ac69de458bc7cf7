# Written by Gantry from the spec: change that, and run `gantry synth`.

terraform {
  # Not 1.9: below 1.11 generated passwords would lie in the state, and S3 could not lock it by itself.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
