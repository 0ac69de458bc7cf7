# Written by Gantry from the spec: change that, and run `gantry synth`.

# A network with one subnet, and a private way to the data stores that Google runs (Cloud SQL, Memorystore): they get addresses of
# the peered range and no public ones.

resource "google_compute_network" "this" {
  project                 = var.project
  name                    = var.name
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "this" {
  project                  = var.project
  region                   = var.region
  name                     = var.name
  network                  = google_compute_network.this.id
  ip_cidr_range            = var.ip_range
  private_ip_google_access = true
}

resource "google_compute_global_address" "services" {
  project       = var.project
  name          = "${var.name}-services"
  network       = google_compute_network.this.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 16
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]

  # The peering cannot be deleted while Google still holds addresses of a deleted instance.
  deletion_policy = "ABANDON"
}

resource "google_vpc_access_connector" "this" {
  count = var.connector == null ? 0 : 1

  project       = var.project
  region        = var.region
  name          = var.connector.name
  network       = google_compute_network.this.name
  ip_cidr_range = var.connector.ip_range
  machine_type  = var.connector.machine_type
  min_instances = var.connector.min_instances
  max_instances = var.connector.max_instances
}

resource "google_compute_router" "this" {
  count = var.nat ? 1 : 0

  project = var.project
  region  = var.region
  name    = var.name
  network = google_compute_network.this.id
}

# Nodes without public addresses reach the internet through this.
resource "google_compute_router_nat" "this" {
  count = var.nat ? 1 : 0

  project                            = var.project
  region                             = var.region
  name                               = var.name
  router                             = google_compute_router.this[0].name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
