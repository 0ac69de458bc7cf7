# Written by Gantry from the spec: change that, and run `gantry synth`.

# It encrypts the state, keeps its versions, and lets one run at a time change it.
terraform {
  cloud {
    organization = "ai-governance"

    workspaces {
      name = "ai-governance-staging"
    }
  }
}
