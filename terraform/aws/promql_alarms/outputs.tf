output "alarm_names" {
  description = "The alarms' names, by what they were given as."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}
