# What Prometheus in the cluster can not see: who called the cluster, the vaults and the database, whether the database and the nodes
# are well, whether the product answers from outside, and what it all costs.

locals {
  severities = { critical = 0, high = 1, warning = 2, info = 3 }
  cluster    = "Microsoft.ContainerService/managedClusters"
  database   = "Microsoft.DBforPostgreSQL/flexibleServers"

  alerts = merge(
    merge([
      for name, id in var.clusters : {
        "nodes' CPU in ${name}" = {
          of       = id, namespace = local.cluster, metric = "node_cpu_usage_percentage", aggregation = "Average", is = "GreaterThan", threshold = 90
          severity = "warning", means = "The nodes have no processor left, and the autoscaler is at its largest"
        }
        "nodes' memory in ${name}" = {
          of       = id, namespace = local.cluster, metric = "node_memory_working_set_percentage", aggregation = "Average", is = "GreaterThan", threshold = 90
          severity = "warning", means = "Pods are about to be killed for want of memory"
        }
        "nodes' disks in ${name}" = {
          of       = id, namespace = local.cluster, metric = "node_disk_usage_percentage", aggregation = "Average", is = "GreaterThan", threshold = 85
          severity = "warning", means = "Images and logs fill the nodes' disks"
        }
      }
    ]...),
    merge([
      for name, one in var.databases : {
        "${name} is down" = {
          of       = one.id, namespace = local.database, metric = "is_db_alive", aggregation = "Maximum", is = "LessThan", threshold = 1
          severity = "critical", means = "The database answers nobody"
        }
        "${name} has no CPU left" = {
          of       = one.id, namespace = local.database, metric = "cpu_percent", aggregation = "Average", is = "GreaterThan", threshold = 85
          severity = "warning", means = "Queries wait for the processor: look for the slow ones, then choose a bigger machine"
        }
        "${name} has little room" = {
          of       = one.id, namespace = local.database, metric = "storage_percent", aggregation = "Maximum", is = "GreaterThan", threshold = 85
          severity = "high", means = "Storage grows by itself, but not without end"
        }
        "${name} has few connections left" = {
          of       = one.id, namespace = local.database, metric = "active_connections", aggregation = "Maximum", is = "GreaterThan", threshold = floor(one.max_connections * 0.9)
          severity = "high", means = "Nine in ten connections are taken: the next release may find none"
        }
      }
    ]...),
    merge([
      for name, one in var.databases : {
        for replica, id in one.replica_ids : "${name} ${replica} is behind" => {
          of       = id, namespace = local.database, metric = "physical_replication_delay_in_seconds", aggregation = "Maximum", is = "GreaterThan", threshold = one.lag_seconds
          severity = "high", means = "A failover to it would lose what it has not yet"
        }
      }
    ]...),
  )

  # Who called the cluster's API, who read which secret and used which key, what the database has to say.
  logs = merge(
    { for name, id in var.clusters : "cluster ${name}" => { id = id, categories = ["kube-audit-admin", "guard", "cluster-autoscaler"] } },
    { for name, id in var.vaults : "vault ${name}" => { id = id, categories = ["AuditEvent"] } },
    { for name, one in var.databases : "database ${name}" => { id = one.id, categories = ["PostgreSQLLogs"] } },
    { for name, id in var.registries : "registry ${name}" => { id = id, categories = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"] } },
  )
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
  for_each = local.logs

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
  name                = var.name
  resource_group_name = var.resource_group_name
  short_name          = "alerts"
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = var.emails
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = local.alerts

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
    action_group_id = azurerm_monitor_action_group.this.id
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
    action_group_id = azurerm_monitor_action_group.this.id
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
      contact_groups = [azurerm_monitor_action_group.this.id]
    }
  }

  lifecycle {
    ignore_changes = [time_period] # a budget begins once
  }
}
