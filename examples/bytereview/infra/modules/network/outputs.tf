# Written by Gantry from the spec: change that, and run `gantry synth`.

output "id" {
  description = "The network's id."
  value       = google_compute_network.this.id
}

output "attachment" {
  description = "The network and the subnet, as what runs in them takes both."
  value       = { id = google_compute_network.this.id, subnet = google_compute_subnetwork.this.id }
}

output "private_services" {
  description = "The network's id, once data stores can get private addresses in it."
  value       = google_service_networking_connection.services.network
}

output "connector" {
  description = "The connector's id, or null."
  value       = one(google_vpc_access_connector.this[*].id)
}
