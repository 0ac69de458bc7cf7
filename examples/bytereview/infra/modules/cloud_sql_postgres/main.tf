# Written by Gantry from the spec: change that, and run `gantry synth`.

# A Postgres of Cloud SQL with a private address only, its database, its user, and its whole address in a secret.
#
# The password is made during the apply and written to the instance and to the secret, and to nothing else: neither the plan nor the
# state holds it. Both are written anew when password_version is raised, which is also what to do where an apply was cut short
# between the two.

resource "google_sql_database_instance" "this" {
  project             = var.project
  region              = var.region
  name                = var.name
  database_version    = "POSTGRES_${var.postgres_version}"
  deletion_protection = var.deletion_protection

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE"
    availability_type           = var.high_availability ? "REGIONAL" : "ZONAL"
    disk_autoresize             = true
    deletion_protection_enabled = var.deletion_protection

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    database_flags {
      name  = "max_connections"
      value = tostring(var.max_connections)
    }

    backup_configuration {
      enabled                        = var.backup != null
      point_in_time_recovery_enabled = var.backup != null
      transaction_log_retention_days = try(var.backup.pitr_days, null)
      # A multi-region, so that a backup outlives the region that it was taken in.
      location = try(var.backup.location, null)

      dynamic "backup_retention_settings" {
        for_each = var.backup == null ? [] : [var.backup]

        content {
          retained_backups = backup_retention_settings.value.retained
        }
      }
    }

    insights_config {
      query_insights_enabled = true
    }

    maintenance_window {
      day          = 7
      hour         = 4
      update_track = "stable"
    }
  }

  lifecycle {
    # Off hours stop and start it.
    ignore_changes = [settings[0].activation_policy]
  }
}

resource "google_sql_database" "this" {
  project  = var.project
  instance = google_sql_database_instance.this.name
  name     = var.database
}

ephemeral "random_password" "this" {
  length = 32
  # It is part of a URL.
  special = false
}

resource "google_sql_user" "this" {
  project             = var.project
  instance            = google_sql_database_instance.this.name
  name                = var.user
  password_wo         = ephemeral.random_password.this.result
  password_wo_version = var.password_version
}

resource "google_secret_manager_secret" "url" {
  project   = var.project
  secret_id = var.url_secret

  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "url" {
  secret                 = google_secret_manager_secret.url.id
  secret_data_wo_version = var.password_version
  secret_data_wo = format(
    "postgresql://%s:%s@%s:5432/%s?sslmode=require",
    google_sql_user.this.name,
    ephemeral.random_password.this.result,
    google_sql_database_instance.this.private_ip_address,
    google_sql_database.this.name,
  )
}
