# Written by Gantry from the spec: change that, and run `gantry synth`.

provider "google" {
  project = var.project
}
