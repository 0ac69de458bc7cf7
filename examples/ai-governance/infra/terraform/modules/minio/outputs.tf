# Written by Gantry from the spec: change that, and run `gantry synth`.

output "url" {
  description = "Address of MinIO inside the cluster."
  value       = local.url
}

output "host" {
  description = "Host name of MinIO inside the cluster."
  value       = "${var.name}.${var.namespace}.svc.cluster.local"
}

output "port" {
  description = "Port of MinIO's API."
  value       = local.port
}

output "namespace" {
  description = "Namespace that the secrets belong into."
  value       = kubernetes_namespace_v1.this.metadata[0].name
}

output "certificate" {
  description = "What cert-manager is told once it is in the cluster: an authority of MinIO's own, and the certificate that it signs."
  value       = local.certificate
}

output "internal_address" {
  description = "Address inside the network that the other region reaches, where there is a load balancer."
  value       = one([for service in kubernetes_service_v1.internal : try(coalesce(service.status[0].load_balancer[0].ingress[0].ip, service.status[0].load_balancer[0].ingress[0].hostname), null)])
}

output "buckets" {
  description = "Names of the buckets."
  value       = keys(var.buckets)
}
