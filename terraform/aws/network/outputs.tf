output "vpc_id" {
  description = "The network's ID."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets that the internet reaches: for load balancers only. In the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Subnets for everything else. In the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}

output "private_route_table_ids" {
  description = "The route tables of the private subnets, by zone."
  value       = { for zone in var.availability_zones : zone => aws_route_table.private[zone].id }
}
