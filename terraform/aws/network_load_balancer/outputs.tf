output "dns_name" {
  description = "The name that the product's domain leads to."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "The zone that AWS keeps that name in."
  value       = aws_lb.this.zone_id
}

output "arn_suffix" {
  description = "What CloudWatch calls it."
  value       = aws_lb.this.arn_suffix
}
