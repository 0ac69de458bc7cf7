# Written by Gantry from the spec: change that, and run `gantry synth`.

output "service_urls" {
  description = "The own address of each service."
  value = {
    api            = module.api.service_url
    frontend       = module.frontend.service_url
    worker-extract = module.worker_extract.service_url
    worker-import  = module.worker_import.service_url
  }
}

output "revision_names" {
  description = "The revision of each service that a canary starts from."
  value = {
    api            = module.api.revision_name
    frontend       = module.frontend.revision_name
    worker-extract = module.worker_extract.revision_name
    worker-import  = module.worker_import.revision_name
  }
}

output "address" {
  description = "The address that the domains point to."
  value       = module.load_balancer.address
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
