# Written by Gantry from the spec: change that, and run `gantry synth`.

# The topic that alarms are told to, and the alarms.

locals {
  # One alarm, or one for each of several things that are measured apart.
  metrics = merge(
    { for name, alarm in var.alarms : name => merge(alarm, { label = alarm.description }) if alarm.each == null },
    merge([
      for name, alarm in var.alarms : {
        for thing, dimensions in coalesce(alarm.each, {}) :
        "${name} ${thing}" => merge(alarm, { label = "${alarm.description}: ${thing}", dimensions = dimensions })
      }
    ]...),
  )
  # What nothing was counted of is missing, and counts as none.
  sums = {
    for name, alarm in var.ratio_alarms : name => {
      for kind in ["part", "whole"] : kind => "(${join(" + ", [for index in range(length(alarm.dimensions)) : "FILL(${kind}${index}, 0)"])})"
    }
  }
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

resource "aws_cloudwatch_metric_alarm" "metric" {
  for_each = local.metrics

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.label
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  dimensions          = each.value.dimensions
  comparison_operator = each.value.above == null ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.above == null ? each.value.below : each.value.above
  period              = each.value.period_seconds
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "ratio" {
  for_each = var.ratio_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  evaluation_periods  = 1
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  metric_query {
    id          = "share"
    label       = each.value.description
    expression  = "IF(${local.sums[each.key].whole} >= ${each.value.at_least}, 100 * ${local.sums[each.key].part} / ${local.sums[each.key].whole}, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = merge([
      for index, dimensions in each.value.dimensions : {
        "part${index}"  = { name = each.value.part, dimensions = dimensions }
        "whole${index}" = { name = each.value.whole, dimensions = dimensions }
      }
    ]...)

    content {
      id = metric_query.key

      metric {
        namespace   = each.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        period      = each.value.period_seconds
        stat        = "Sum"
      }
    }
  }
}
