# Written by Gantry from the spec: change that, and run `gantry synth`.

# It encrypts the state, keeps its versions, and lets one run at a time change it. The workspace's execution mode is Local: plans and
# applies run where the cloud's credentials are, in the pipeline or with a person, and Terraform Cloud has none.
terraform {
  cloud {
    organization = "ai-governance"

    workspaces {
      name = "ai-governance-staging"
    }
  }
}
