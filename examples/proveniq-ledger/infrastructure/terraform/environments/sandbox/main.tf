# Written by Gantry from the spec: change that, and run `gantry synth`.

# Whatever takes the project from here waits until its APIs are on. The first plan of a new project reads three of them already:
# gcloud services enable cloudresourcemanager.googleapis.com monitoring.googleapis.com serviceusage.googleapis.com
module "project" {
  source = "../../modules/project_services"

  project = var.project
  services = [
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "containerscanning.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "redis.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
  ]
}

module "network" {
  source = "../../modules/network"

  project = module.project.project
  region  = var.region
  name    = "proveniq-ledger"
  nat     = true
}

# Applied first by a person who owns the project: from then on proveniq-ledger's pipeline can be its deployer.
module "github" {
  source = "../../modules/github_identity"

  project      = module.project.project
  repository   = "proveniq/ledger"
  account_id   = "proveniq-ledger-deployer"
  environments = ["sandbox"]
  planning     = ["sandbox-plan"]

  roles = [
    "roles/artifactregistry.admin",
    "roles/cloudsql.admin",
    "roles/compute.networkAdmin",
    "roles/container.admin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/monitoring.alertPolicyEditor",
    "roles/monitoring.dashboardEditor",
    "roles/monitoring.metricsScopesAdmin",
    "roles/monitoring.notificationChannelEditor",
    "roles/pubsub.admin",
    "roles/redis.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/secretmanager.admin",
    "roles/servicenetworking.networksAdmin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
  ]
}

module "registry" {
  source = "../../modules/artifact_registry"

  project     = module.project.project
  location    = "us"
  name        = "gcr.io"
  description = "Images of Proveniq Ledger"
  writers = {
    deployer = module.github.deployer_member
  }
}

# Each needs its first version before what reads it is started: gcloud secrets versions add <name> --data-file=-
module "secrets" {
  source = "../../modules/secrets"

  project = module.project.project
  names   = ["gemini-api-key"]
}

module "cluster" {
  source = "../../modules/gke_autopilot"

  project             = module.project.project
  region              = var.region
  name                = "ledger-cluster-sandbox"
  network             = module.network.attachment
  deletion_protection = false
}
