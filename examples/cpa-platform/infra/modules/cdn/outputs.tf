# Written by Gantry from the spec: change that, and run `gantry synth`.

output "distribution_id" {
  description = "The distribution, as an invalidation names it."
  value       = aws_cloudfront_distribution.this.id
}

output "dns_name" {
  description = "The name that an alias leads to."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "zone_id" {
  description = "The zone that AWS keeps that name in."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}
