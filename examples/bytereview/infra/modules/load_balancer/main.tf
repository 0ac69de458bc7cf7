# Written by Gantry from the spec: change that, and run `gantry synth`.

# One address for the domains of several Cloud Run services, with certificates that Google renews. Cloud Run's own domain mappings
# know neither paths nor the move to another region.

locals {
  hosts = keys(var.hosts)
}

resource "google_compute_global_address" "this" {
  project = var.project
  name    = var.name
}

resource "google_compute_region_network_endpoint_group" "this" {
  for_each = var.services

  project               = var.project
  region                = var.region
  name                  = "${var.name}-${each.key}"
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value
  }
}

resource "google_compute_backend_service" "this" {
  for_each = var.services

  project               = var.project
  name                  = "${var.name}-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"

  backend {
    group = google_compute_region_network_endpoint_group.this[each.key].id
  }

  log_config {
    enable = false
  }
}

resource "google_compute_url_map" "this" {
  project         = var.project
  name            = var.name
  default_service = google_compute_backend_service.this[var.hosts[local.hosts[0]].service].id

  dynamic "host_rule" {
    for_each = var.hosts

    content {
      hosts        = [host_rule.key]
      path_matcher = replace(host_rule.key, ".", "-")
    }
  }

  dynamic "path_matcher" {
    for_each = var.hosts

    content {
      name            = replace(path_matcher.key, ".", "-")
      default_service = google_compute_backend_service.this[path_matcher.value.service].id

      dynamic "path_rule" {
        for_each = path_matcher.value.paths

        content {
          paths   = [path_rule.key]
          service = google_compute_backend_service.this[path_rule.value].id
        }
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project
  # A certificate cannot be changed: another set of domains is another certificate, made before the old one goes.
  name = "${var.name}-${substr(sha256(join(" ", local.hosts)), 0, 8)}"

  managed {
    domains = local.hosts
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "this" {
  project         = var.project
  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "this" {
  project          = var.project
  name             = var.name
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = google_compute_ssl_policy.this.id
}

resource "google_compute_global_forwarding_rule" "https" {
  project               = var.project
  name                  = var.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}

resource "google_compute_url_map" "redirect" {
  project = var.project
  name    = "${var.name}-redirect"

  default_url_redirect {
    https_redirect = true
    strip_query    = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  project = var.project
  name    = "${var.name}-redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "http" {
  project               = var.project
  name                  = "${var.name}-redirect"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect.id
}

resource "google_dns_record_set" "this" {
  for_each = var.dns_zone == null ? toset([]) : toset(local.hosts)

  project      = var.dns_zone.project
  managed_zone = var.dns_zone.name
  name         = "${each.value}."
  type         = "A"
  ttl          = 60
  rrdatas      = [google_compute_global_address.this.address]

  lifecycle {
    # A cut-over to the other region moves it, and an apply must not move it back.
    ignore_changes = [rrdatas]
  }
}
