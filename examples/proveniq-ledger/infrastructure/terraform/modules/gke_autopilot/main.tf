# Written by Gantry from the spec: change that, and run `gantry synth`.

# A cluster of GKE in Autopilot: Google runs the nodes, and nothing is paid for while no pod runs. Nodes have no public addresses, and
# they run as an account that may write logs and metrics and pull images, and nothing else.

resource "google_service_account" "nodes" {
  project      = var.project
  account_id   = var.node_account_id
  display_name = "Nodes of ${var.name}"
}

resource "google_project_iam_member" "nodes" {
  for_each = toset(["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"])

  project = var.project
  role    = each.value
  member  = google_service_account.nodes.member
}

resource "google_container_cluster" "this" {
  project             = var.project
  location            = var.region
  name                = var.name
  enable_autopilot    = true
  network             = var.network.id
  subnetwork          = var.network.subnet
  deletion_protection = var.deletion_protection

  # Autopilot finds ranges for pods and services itself.
  ip_allocation_policy {}

  # The control plane is reached by its name, with IAM, and has no address that is open to all: gcloud finds the name by itself.
  private_cluster_config {
    enable_private_nodes = true
  }

  control_plane_endpoints_config {
    dns_endpoint_config {
      allow_external_traffic = true
    }

    ip_endpoints_config {
      enabled = false
    }
  }

  cluster_autoscaling {
    auto_provisioning_defaults {
      service_account = google_service_account.nodes.email
      oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    }
  }

  release_channel {
    channel = "REGULAR"
  }

  # Secrets of Secret Manager as files of a pod.
  secret_manager_config {
    enabled = true
  }

  dynamic "binary_authorization" {
    for_each = var.only_signed ? [1] : []

    content {
      evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
    }
  }

  depends_on = [google_project_iam_member.nodes]
}
