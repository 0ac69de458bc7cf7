# Written by Gantry from the spec: change that, and run `gantry synth`.

output "topic_arn" {
  description = "The topic that alarms are told to."
  value       = aws_sns_topic.this.arn
}

output "alarm_names" {
  description = "The alarms' names, by what they were given as."
  value       = { for key, alarm in merge(aws_cloudwatch_metric_alarm.metric, aws_cloudwatch_metric_alarm.ratio) : key => alarm.alarm_name }
}
