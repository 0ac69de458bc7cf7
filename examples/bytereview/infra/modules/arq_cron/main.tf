# Written by Gantry from the spec: change that, and run `gantry synth`.

# A Cloud Run job that runs by the clock, for what an ARQ worker would do as a cron job: a schedule inside a worker needs a worker
# that is always awake, and two of them would both run it.

module "account" {
  source = "../service_account"

  project      = var.project
  account_id   = coalesce(var.account_id, "${var.name}-run")
  display_name = "Cloud Run job: ${var.name}"
  access       = var.access
  secrets      = var.secrets
}

resource "google_cloud_run_v2_job" "this" {
  project             = var.project
  location            = var.region
  name                = var.name
  deletion_protection = var.deletion_protection

  template {
    task_count = 1

    template {
      service_account = module.account.email
      timeout         = "${var.timeout_seconds}s"
      max_retries     = var.retries

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"

        network_interfaces {
          network    = var.network.id
          subnetwork = var.network.subnet
        }
      }

      containers {
        image = var.image
        args  = var.args

        resources {
          limits = { cpu = tostring(var.cpu), memory = var.memory }
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
    # A release sets the image.
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]
  }

  depends_on = [module.account]
}

# Whoever starts the job may start this one and nothing else.
resource "google_service_account" "starter" {
  project      = var.project
  account_id   = coalesce(var.starter_account_id, "${var.name}-start")
  display_name = "Starts the job ${var.name}"
}

resource "google_cloud_run_v2_job_iam_member" "starter" {
  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_job.this.name
  role     = "roles/run.invoker"
  member   = google_service_account.starter.member
}

module "schedule" {
  source = "../scheduled_call"

  project         = var.project
  region          = var.region
  name            = var.name
  description     = "Starts the job ${var.name}"
  schedule        = var.schedule
  time_zone       = var.time_zone
  uri             = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.this.id}:run"
  service_account = google_service_account.starter.email
}
