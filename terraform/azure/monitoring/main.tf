# What Prometheus in the cluster can not see: who called the cluster, the vaults and the database, whether the database and the nodes
# are well, whether the product answers from outside, and what it all costs.

locals {
  severities = { critical = 0, high = 1, warning = 2, info = 3 }

  actions = { for name, group in azurerm_monitor_action_group.this : name => group.id }
}

resource "azurerm_log_analytics_workspace" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  sku                 = "PerGB2018"
  retention_in_days   = var.log_days
  tags                = var.tags
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  for_each = var.logs

  name                           = "logs"
  target_resource_id             = each.value.id
  log_analytics_workspace_id     = azurerm_log_analytics_workspace.this.id
  log_analytics_destination_type = "Dedicated"

  dynamic "enabled_log" {
    for_each = each.value.categories
    content {
      category = enabled_log.value
    }
  }
}

resource "azurerm_monitor_action_group" "this" {
  for_each = var.receivers

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  short_name          = substr(each.key, 0, 12)
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = each.value.emails
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = var.alerts

  name                = each.key
  resource_group_name = var.resource_group_name
  description         = each.value.means
  scopes              = [each.value.of]
  severity            = local.severities[each.value.severity]
  frequency           = "PT1M"
  window_size         = "PT5M"
  auto_mitigate       = true
  tags                = var.tags

  criteria {
    metric_namespace = each.value.namespace
    metric_name      = each.value.metric
    aggregation      = each.value.aggregation
    operator         = each.value.is
    threshold        = each.value.threshold
  }

  action {
    action_group_id = local.actions[each.value.to]
  }
}

resource "azurerm_application_insights" "this" {
  count = length(var.uptime) == 0 ? 0 : 1

  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  workspace_id        = azurerm_log_analytics_workspace.this.id
  application_type    = "web"
  tags                = var.tags
}

resource "azurerm_application_insights_standard_web_test" "this" {
  for_each = var.uptime

  name                    = each.key
  resource_group_name     = var.resource_group_name
  location                = var.location
  application_insights_id = azurerm_application_insights.this[0].id
  geo_locations           = var.uptime_locations
  frequency               = 300 # seconds, the least that Azure has
  timeout                 = each.value.timeout_seconds
  enabled                 = true
  retry_enabled           = true
  tags                    = var.tags

  request {
    url = each.value.url
  }

  validation_rules {
    expected_status_code        = 200
    ssl_check_enabled           = true
    ssl_cert_remaining_lifetime = 14
  }

  lifecycle {
    ignore_changes = [tags] # Azure writes a link to Application Insights into them
  }
}

resource "azurerm_monitor_metric_alert" "uptime" {
  for_each = var.uptime

  name                = "${each.key} does not answer"
  resource_group_name = var.resource_group_name
  description         = "${each.value.url} does not answer in two places or more"
  scopes              = [azurerm_application_insights_standard_web_test.this[each.key].id, azurerm_application_insights.this[0].id]
  severity            = local.severities["critical"]
  frequency           = "PT1M"
  window_size         = "PT5M"
  tags                = var.tags

  application_insights_web_test_location_availability_criteria {
    web_test_id           = azurerm_application_insights_standard_web_test.this[each.key].id
    component_id          = azurerm_application_insights.this[0].id
    failed_location_count = 2
  }

  action {
    action_group_id = local.actions[each.value.to]
  }
}

resource "azurerm_consumption_budget_resource_group" "this" {
  for_each = var.budget == null ? {} : var.resource_groups

  name              = "${var.name}-${each.key}"
  resource_group_id = each.value
  amount            = var.budget.monthly
  time_grain        = "Monthly"

  time_period {
    start_date = formatdate("YYYY-MM-01'T'00:00:00'Z'", plantimestamp())
  }

  dynamic "notification" {
    for_each = var.budget.alert_at
    content {
      operator       = "GreaterThanOrEqualTo"
      threshold      = notification.value
      threshold_type = "Actual"
      contact_groups = [local.actions[var.budget.to]]
    }
  }

  lifecycle {
    ignore_changes = [time_period] # a budget begins once
  }
}
