# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  environment = {
    AUTOMATIONS_UI          = "true"
    DB_CONNECTION_NAME      = module.db.connection_name
    DB_PRIVATE_IP           = module.db.DB_PRIVATE_IP
    DOCUMENTS_BUCKET        = module.documents.name
    INTEGRATIONS_PHASE      = "true"
    KMS_KEY_ID              = module.tokens.kms_key_id
    LOG_LEVEL               = var.log_level
    OTEL_TRACES_SAMPLER     = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG = tostring(var.trace_sample)
    REDIS_CA                = module.cache.ca_certificate
    REDIS_HOST              = module.cache.host
    REDIS_PORT              = tostring(module.cache.port)
  }
}

module "api" {
  source = "../../modules/cloud_run_service"

  project = module.project.project
  region  = var.region
  name    = "api"

  cpu           = var.services.api.cpu
  memory        = var.services.api.memory
  min_instances = var.services.api.min_instances
  max_instances = var.services.api.max_instances
  network       = module.network.attachment

  ready_path = "/health/ready"
  health = {
    path = "/health"
  }
  public              = true
  deletion_protection = false
  previewers = {
    previewer = module.github.previewer_member
  }

  environment = merge(local.environment, {
    CORS_ORIGINS = "https://dev.bytereview.ai"
    EVENTS_TOPIC = module.events.id
  })
  secrets = {
    DATABASE_URL         = module.db.url_secret
    LAUNCHDARKLY_SDK_KEY = module.secrets.ids["launchdarkly-sdk-key"]
  }
  access = {
    databases = {
      db = module.db.name
    }
    buckets = {
      documents = {
        name  = module.documents.name
        roles = ["roles/storage.objectUser"]
      }
    }
    keys = {
      tokens = {
        id    = module.tokens.kms_key_id
        roles = ["roles/cloudkms.cryptoKeyDecrypter", "roles/cloudkms.cryptoKeyEncrypter"]
      }
    }
    topics = {
      events = {
        id    = module.events.id
        roles = ["roles/pubsub.publisher"]
      }
    }
  }
}

module "frontend" {
  source = "../../modules/cloud_run_service"

  project = module.project.project
  region  = var.region
  name    = "frontend"

  cpu           = var.services.frontend.cpu
  memory        = var.services.frontend.memory
  min_instances = var.services.frontend.min_instances
  max_instances = var.services.frontend.max_instances
  port          = 3000
  network       = module.network.attachment

  ready_path = "/health"
  health = {
    path = "/health"
  }
  public              = true
  deletion_protection = false
  previewers = {
    previewer = module.github.previewer_member
  }

  environment = {
    API_URL                 = "https://dev.bytereview.ai"
    AUTOMATIONS_UI          = "true"
    INTEGRATIONS_PHASE      = "true"
    LOG_LEVEL               = var.log_level
    OTEL_TRACES_SAMPLER     = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG = tostring(var.trace_sample)
  }
}

# Its jobs lie in Redis, which wakes nobody: with no instance at all, none would ever be taken.
module "worker_extract" {
  source = "../../modules/cloud_run_service"

  project = module.project.project
  region  = var.region
  name    = "worker-extract"

  cpu           = var.services.worker_extract.cpu
  memory        = var.services.worker_extract.memory
  min_instances = var.services.worker_extract.min_instances
  max_instances = var.services.worker_extract.max_instances
  always_on_cpu = true
  network       = module.network.attachment

  ready_path = "/health/ready"
  health = {
    path = "/health"
  }
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = false

  environment = local.environment
  secrets = {
    DATABASE_URL = module.db.url_secret
    VERTEX_TOKEN = module.secrets.ids["vertex-token"]
  }
  access = {
    databases = {
      db = module.db.name
    }
    buckets = {
      documents = {
        name  = module.documents.name
        roles = ["roles/storage.objectUser"]
      }
    }
    keys = {
      tokens = {
        id    = module.tokens.kms_key_id
        roles = ["roles/cloudkms.cryptoKeyDecrypter"]
      }
    }
  }
}

# Its jobs lie in Redis, which wakes nobody: with no instance at all, none would ever be taken.
module "worker_import" {
  source = "../../modules/cloud_run_service"

  project = module.project.project
  region  = var.region
  name    = "worker-import"

  cpu           = var.services.worker_import.cpu
  memory        = var.services.worker_import.memory
  min_instances = var.services.worker_import.min_instances
  max_instances = var.services.worker_import.max_instances
  always_on_cpu = true
  network       = module.network.attachment

  ready_path = "/health/ready"
  health = {
    path = "/health"
  }
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = false

  environment = merge(local.environment, {
    EVENTS_TOPIC = module.events.id
  })
  secrets = {
    DATABASE_URL = module.db.url_secret
    DRIVE_TOKEN  = module.secrets.ids["drive-token"]
  }
  access = {
    databases = {
      db = module.db.name
    }
    buckets = {
      documents = {
        name  = module.documents.name
        roles = ["roles/storage.objectUser"]
      }
    }
    keys = {
      tokens = {
        id    = module.tokens.kms_key_id
        roles = ["roles/cloudkms.cryptoKeyDecrypter"]
      }
    }
    topics = {
      events = {
        id    = module.events.id
        roles = ["roles/pubsub.publisher"]
      }
    }
  }
}

module "worker_sweep" {
  source = "../../modules/arq_cron"

  project = module.project.project
  region  = var.region
  name    = "worker-sweep"

  schedule            = "30 3 * * *"
  timeout_seconds     = 3600
  cpu                 = var.services.worker_sweep.cpu
  memory              = var.services.worker_sweep.memory
  network             = module.network.attachment
  deletion_protection = false

  environment = local.environment
  secrets = {
    DATABASE_URL = module.db.url_secret
  }
  access = {
    databases = {
      db = module.db.name
    }
    buckets = {
      documents = {
        name  = module.documents.name
        roles = ["roles/storage.objectUser"]
      }
    }
  }
}

module "load_balancer" {
  source = "../../modules/load_balancer"

  project = module.project.project
  region  = var.region
  name    = "bytereview"
  services = {
    api      = module.api.name
    frontend = module.frontend.name
  }
  hosts = {
    "dev.bytereview.ai" = {
      service = "frontend"
      paths = {
        "/api/*" = "api"
      }
    }
  }
  dns_zone = var.dns_zone
}
