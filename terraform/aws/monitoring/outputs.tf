output "topic_arn" {
  description = "The topic that alarms are told to."
  value       = aws_sns_topic.this.arn
}

output "alarm_names" {
  description = "The alarms' names, by what they were given as."
  value = merge(
    { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name },
    { for key, alarm in aws_cloudwatch_composite_alarm.this : key => alarm.alarm_name },
  )
}
