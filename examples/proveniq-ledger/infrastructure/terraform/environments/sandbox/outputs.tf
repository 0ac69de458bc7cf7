# Written by Gantry from the spec: change that, and run `gantry synth`.

output "cluster" {
  description = "The cluster's name."
  value       = module.cluster.name
}

output "terraform_env" {
  description = "What the cluster's terraform.env takes."
  value = {
    API_IDENTITY = module.api.email
    CACHE_URL    = "rediss://${module.cache.host}:${module.cache.port}"
    DOCUMENTS_ID = module.documents.name
  }
}

output "trusted_ca" {
  description = "The authorities of stores that sign their certificates themselves, for whoever calls them."
  value       = join("\n", [module.cache.ca_certificate])
}

output "registry" {
  description = "What the names of images begin with."
  value       = module.registry.url
}

output "pipeline" {
  description = "Who GitHub Actions become here."
  value = {
    provider = module.github.provider
    deployer = module.github.deployer
    planner  = module.github.planner
  }
}
