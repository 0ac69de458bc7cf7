# Written by Gantry from the spec: change that, and run `gantry synth`.

module "channels" {
  source = "../../modules/notification_channels"

  project = module.project.project
  slack = {
    "slack #devops" = "#devops"
  }
}

module "alerts" {
  source = "../../modules/alert_policies"

  project  = module.project.project
  alerts   = var.alerts
  channels = module.channels.ids
}

module "dashboards" {
  source = "../../modules/monitoring_dashboards"

  project = module.project.project
  dashboards = {
    sandbox-health = file("${path.module}/../../../monitoring/dashboards/sandbox-health.json")
  }
}

# 20 US dollars a day, as a month of 30 days: the topic says many times a day what was spent, and its reader holds the day's part.
# A budget can write emails only: other channels are told by the same reader.
module "budget" {
  source = "../../modules/budget"

  project         = module.project.project
  billing_account = var.billing_account
  name            = "proveniq-ledger sandbox"
  monthly_usd     = var.budget.monthly_usd
  alert_at        = var.budget.alert_at
  topic           = "costs"
}
