# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "Name of the class."
  value       = kubernetes_storage_class_v1.this.metadata[0].name
}
