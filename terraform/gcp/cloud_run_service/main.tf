# A Cloud Run service with an account of its own.
#
# Terraform makes the service and says what it may do and use. Which image runs, and who gets which share of the traffic, is what a
# release decides: those are ignored here, so that an apply in the middle of a canary changes nothing of it. A changed variable or
# size makes a new revision, which gets its traffic from the next release as any other.

module "account" {
  source = "../service_account"

  project      = var.project
  account_id   = coalesce(var.account_id, "${var.name}-run")
  display_name = "Cloud Run: ${var.name}"
  access       = var.access
  secrets      = var.secrets
}

resource "google_cloud_run_v2_service" "this" {
  project  = var.project
  location = var.region
  name     = var.name

  # Previews and uptime checks call a service by its own address. Who may call it is said below.
  ingress             = var.ingress
  deletion_protection = var.deletion_protection

  template {
    service_account                  = module.account.email
    timeout                          = "${var.timeout_seconds}s"
    max_instance_request_concurrency = var.concurrency

    scaling {
      min_instance_count = var.min_instances
      max_instance_count = var.max_instances
    }

    # Straight into the subnet: a connector would keep two machines running while everything else is idle.
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"

      network_interfaces {
        network    = var.network.id
        subnetwork = var.network.subnet
      }
    }

    containers {
      image = var.image

      ports {
        container_port = var.port
      }

      resources {
        limits            = { cpu = tostring(var.cpu), memory = var.memory }
        cpu_idle          = !var.always_on_cpu
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = var.environment

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = var.secrets

        content {
          name = env.key

          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }

      startup_probe {
        period_seconds    = 5
        timeout_seconds   = 5
        failure_threshold = 24

        http_get {
          path = var.ready_path
          port = var.port
        }
      }

      liveness_probe {
        period_seconds    = var.health.every_seconds
        timeout_seconds   = var.health.timeout_seconds
        failure_threshold = var.health.failures

        http_get {
          path = var.health.path
          port = var.port
        }
      }
    }
  }

  dynamic "binary_authorization" {
    for_each = var.only_signed ? [1] : []

    content {
      use_default = true
    }
  }

  lifecycle {
    ignore_changes = [
      client,
      client_version,
      template[0].containers[0].image,
      template[0].labels,
      template[0].revision,
      traffic,
    ]
  }

  # A revision starts only where its account may read its secrets.
  depends_on = [module.account]
}

resource "google_cloud_run_v2_service_iam_member" "public" {
  count = var.public ? 1 : 0

  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.this.name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

# Whoever shows a pull request makes a revision of this service, which runs as the service's own account.
resource "google_cloud_run_v2_service_iam_member" "previewers" {
  for_each = var.previewers

  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.this.name
  role     = "roles/run.developer"
  member   = each.value
}

resource "google_service_account_iam_member" "previewers" {
  for_each = var.previewers

  service_account_id = module.account.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}
