# Written by Gantry from the spec: change that, and run `gantry synth`.

output "detector_id" {
  description = "The detector's ID."
  value       = aws_guardduty_detector.this.id
}
