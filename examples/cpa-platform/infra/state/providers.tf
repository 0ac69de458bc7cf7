# Written by Gantry from the spec: change that, and run `gantry synth`.

provider "aws" {
  region = "us-east-1"
}
