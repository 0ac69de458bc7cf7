# Written by Gantry from the spec: change that, and run `gantry synth`.

terraform {
  # One state an environment. This backend locks it by itself, with an object beside it: Object Lock, which keeps objects from being
  # written, would only be in its way.
  backend "gcs" {
    bucket = "bytereview-tf-state"
    prefix = "prod"
  }
}
