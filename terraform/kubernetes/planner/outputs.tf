output "group" {
  description = "The group, as an access entry of the cluster names it."
  value       = var.group
}
