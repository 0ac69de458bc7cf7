# Written by Gantry from the spec: change that, and run `gantry synth`.

output "recorder_name" {
  description = "The recorder's name."
  value       = aws_config_configuration_recorder.this.name
}
