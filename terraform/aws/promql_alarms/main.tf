# Alarms in PromQL, over metrics that a collector sends to CloudWatch by OpenTelemetry: every series that a query gives is one that rings.

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  evaluation_interval = each.value.every_seconds
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  evaluation_criteria {
    promql_criteria {
      query           = each.value.query
      pending_period  = each.value.pending_seconds
      recovery_period = each.value.recovery_seconds
    }
  }
}
