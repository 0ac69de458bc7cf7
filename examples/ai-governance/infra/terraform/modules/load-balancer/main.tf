# Written by Gantry from the spec: change that, and run `gantry synth`.

# Fixed public addresses for an ingress controller, one in each zone, and what its service tells Kubernetes so that the network load
# balancer before it takes them. It passes TCP on: TLS ends at the controller, which has the certificates.

resource "aws_eip" "this" {
  count = length(var.subnet_ids)

  domain = "vpc"

  tags = { Name = "${var.name}-ingress-${count.index}" }
}
