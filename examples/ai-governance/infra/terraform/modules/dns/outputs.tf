# Written by Gantry from the spec: change that, and run `gantry synth`.

output "zone_id" {
  description = "The zone's ID."
  value       = aws_route53_zone.this.zone_id
}

output "name_servers" {
  description = "The servers that the parent's NS record names."
  value       = aws_route53_zone.this.name_servers
}
