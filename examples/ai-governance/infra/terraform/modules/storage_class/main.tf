# Written by Gantry from the spec: change that, and run `gantry synth`.

# A class of disks that are encrypted, grow, and are made in the zone that their pod runs in.

resource "kubernetes_storage_class_v1" "this" {
  metadata {
    name = var.name
  }

  storage_provisioner    = var.provisioner
  parameters             = var.parameters
  reclaim_policy         = "Retain" # a deleted claim leaves its data to a person
  volume_binding_mode    = "WaitForFirstConsumer"
  allow_volume_expansion = true
}
