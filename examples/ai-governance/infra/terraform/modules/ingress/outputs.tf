# Written by Gantry from the spec: change that, and run `gantry synth`.

output "class_name" {
  description = "Class that Ingress objects name to be served here."
  value       = kubernetes_ingress_class_v1.this.metadata[0].name
}

output "namespace" {
  description = "Namespace of the controller, which network policies let in."
  value       = kubernetes_namespace_v1.this.metadata[0].name
}
