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

output "signing" {
  description = "What the pipeline attests with that an image is its own."
  value = {
    attestor    = module.signing.attestor
    key_version = module.signing.key_version
  }
}

output "for_standby" {
  description = "What outlives the loss of the region, for the standby."
  value = {
    documents = {
      name = module.documents.name
      url  = module.documents.url
    }
    dumps = {
      name = module.dumps.name
      url  = module.dumps.url
    }
    events = {
      id   = module.events.id
      name = module.events.name
    }
    tokens = {
      id = module.tokens.kms_key_id
    }
    secrets = module.secrets.ids
  }
}
