# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The cluster's name, once nodes are there to run something."
  value       = aws_eks_cluster.this.name

  depends_on = [aws_eks_node_group.this, aws_eks_addon.before_nodes]
}

output "endpoint" {
  description = "Where its API answers."
  value       = aws_eks_cluster.this.endpoint
}

output "ca_certificate" {
  description = "The authority that signed the API's certificate, in base64."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}
