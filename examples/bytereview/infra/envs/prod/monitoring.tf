# Written by Gantry from the spec: change that, and run `gantry synth`.

module "channels" {
  source = "../../modules/notification_channels"

  project = module.project.project
  email = {
    "email finance@bytereview.ai" = "finance@bytereview.ai"
  }
  pagerduty = {
    "pagerduty platform" = module.secrets.ids["pagerduty-key"]
  }
  slack = {
    "slack #ops" = "#ops"
  }
  readers = {
    planner = module.github.planner_member
  }
}

module "alerts" {
  source = "../../modules/alert_policies"

  project  = module.project.project
  alerts   = var.alerts
  channels = module.channels.ids
}

module "uptime" {
  source = "../../modules/uptime_checks"

  project = module.project.project
  checks = {
    API = {
      url             = module.api.service_url
      path            = "/health"
      channels        = [module.channels.ids["pagerduty platform"]]
      every_seconds   = 60
      timeout_seconds = 10
    }
    App = {
      url             = module.frontend.service_url
      path            = "/health"
      channels        = [module.channels.ids["pagerduty platform"]]
      every_seconds   = 60
      timeout_seconds = 10
    }
  }
}

module "dashboards" {
  source = "../../modules/monitoring_dashboards"

  project = module.project.project
  dashboards = {
    api-slo      = file("${path.module}/../../monitoring/dashboards/prod/api-slo.json")
    gcp-costs    = file("${path.module}/../../monitoring/dashboards/prod/gcp-costs.json")
    vertex-usage = file("${path.module}/../../monitoring/dashboards/vertex-usage.json")
    workers      = file("${path.module}/../../monitoring/dashboards/workers.json")
  }
}

module "logs" {
  source = "../../modules/log_retention"

  project = module.project.project
  exclusions = {
    api-health-checks = {
      service = "api"
      paths   = ["/health", "/health/ready"]
    }
    frontend-health-checks = {
      service = "frontend"
      paths   = ["/health"]
    }
    api-api-progress = {
      service = "api"
      paths   = ["/api/progress/*"]
    }
  }
}

module "budget" {
  source = "../../modules/budget"

  project         = module.project.project
  billing_account = var.billing_account
  name            = "bytereview prod"
  monthly_usd     = var.budget.monthly_usd
  alert_at        = var.budget.alert_at
  channels        = [module.channels.ids["email finance@bytereview.ai"]]
}
