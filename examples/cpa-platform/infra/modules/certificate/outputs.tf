# Written by Gantry from the spec: change that, and run `gantry synth`.

output "certificate_arn" {
  description = "The certificate, once it is valid. AWS renews it as long as its records stand."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
