# Written by Gantry from the spec: change that, and run `gantry synth`.

output "ids" {
  description = "The id of each channel, by its name."
  value = merge(
    { for name, one in google_monitoring_notification_channel.email : name => one.id },
    { for name, one in google_monitoring_notification_channel.pagerduty : name => one.id },
    { for name, one in data.google_monitoring_notification_channel.slack : name => one.id },
  )
}
