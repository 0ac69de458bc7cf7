# The topic that alarms are told to, the alarms, and the dashboards.

locals {
  # On one metric alone an alarm is written without its arithmetic.
  plain = { for name, alarm in var.alarms : name => alarm.queries[0].metric if length(alarm.queries) == 1 }
}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sns:Publish"]
      Resource  = [aws_sns_topic.this.arn]
      Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"] }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.key
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods
  treat_missing_data  = each.value.missing
  actions_enabled     = !each.value.quiet
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  namespace          = try(local.plain[each.key].namespace, null)
  metric_name        = try(local.plain[each.key].name, null)
  statistic          = try(startswith(local.plain[each.key].statistic, "p") ? null : local.plain[each.key].statistic, null)
  extended_statistic = try(startswith(local.plain[each.key].statistic, "p") ? local.plain[each.key].statistic : null, null)
  period             = try(local.plain[each.key].period_seconds, null)
  dimensions         = try(local.plain[each.key].dimensions, null)

  dynamic "metric_query" {
    for_each = contains(keys(local.plain), each.key) ? [] : each.value.queries

    content {
      id          = metric_query.value.id
      expression  = metric_query.value.expression
      label       = metric_query.value.label
      return_data = metric_query.key == length(each.value.queries) - 1

      dynamic "metric" {
        for_each = metric_query.value.metric == null ? [] : [metric_query.value.metric]

        content {
          namespace   = metric.value.namespace
          metric_name = metric.value.name
          stat        = metric.value.statistic
          period      = metric.value.period_seconds
          dimensions  = metric.value.dimensions
        }
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "this" {
  for_each = var.composites

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description
  alarm_actions     = [aws_sns_topic.this.arn]
  ok_actions        = [aws_sns_topic.this.arn]

  alarm_rule = join(" ${upper(each.value.joined)} ", [
    for name in each.value.of : "ALARM(\"${aws_cloudwatch_metric_alarm.this[name].alarm_name}\")"
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  for_each = var.dashboards

  dashboard_name = "${var.name}-${each.key}"
  dashboard_body = each.value
}
