# Written by Gantry from the spec: change that, and run `gantry synth`.

output "addresses" {
  description = "The public addresses, for the A records of the product's host names."
  value       = aws_eip.this[*].public_ip
}

output "service_annotations" {
  description = "What the controller's service says about its load balancer."
  value = {
    "service.beta.kubernetes.io/aws-load-balancer-type"                              = "nlb"
    "service.beta.kubernetes.io/aws-load-balancer-scheme"                            = "internet-facing"
    "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled" = "true"
    "service.beta.kubernetes.io/aws-load-balancer-subnets"                           = join(",", var.subnet_ids)
    "service.beta.kubernetes.io/aws-load-balancer-eip-allocations"                   = join(",", aws_eip.this[*].allocation_id)
  }
}
