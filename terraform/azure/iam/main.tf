# Who may do what: an identity for every service account of the cluster and for every job of the pipeline, none with a password, each
# with single roles on single things.

locals {
  # One assignment a role and a thing.
  workload_roles = merge([
    for account, roles in var.workloads : {
      for name, role in roles : "${account} ${name}" => { account = account, role = role.role, scope = role.scope }
    }
  ]...)

  pipeline_roles = merge([
    for job, one in var.pipeline : {
      for name, role in one.roles : "${job} ${name}" => { job = job, role = role.role, scope = role.scope, only = role.may_give }
    }
  ]...)

  pipeline_subjects = merge([
    for job, one in var.pipeline : { for subject in one.subjects : "${job} ${subject}" => { job = job, subject = subject } }
  ]...)
}

resource "azurerm_user_assigned_identity" "workload" {
  for_each = var.workloads

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

# In each cluster the same service account is the same identity.
resource "azurerm_federated_identity_credential" "workload" {
  for_each = {
    for pair in setproduct(keys(var.workloads), keys(var.oidc_issuers)) : "${pair[0]} ${pair[1]}" => { account = pair[0], cluster = pair[1] }
  }

  name                = each.value.cluster
  resource_group_name = var.resource_group_name
  parent_id           = azurerm_user_assigned_identity.workload[each.value.account].id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.oidc_issuers[each.value.cluster]
  subject             = "system:serviceaccount:${var.namespace}:${each.value.account}"
}

resource "azurerm_role_assignment" "workload" {
  for_each = local.workload_roles

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.workload[each.value.account].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_user_assigned_identity" "pipeline" {
  for_each = var.pipeline

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "pipeline" {
  for_each = local.pipeline_subjects

  name                = substr(sha256(each.value.subject), 0, 16)
  resource_group_name = var.resource_group_name
  parent_id           = azurerm_user_assigned_identity.pipeline[each.value.job].id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.pipeline_issuer
  subject             = each.value.subject
}

# A job that gives roles may give those named, and no other: not even to itself.
data "azurerm_role_definition" "given" {
  for_each = toset(flatten([for role in values(local.pipeline_roles) : role.only]))

  name = each.key
}

resource "azurerm_role_assignment" "pipeline" {
  for_each = local.pipeline_roles

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.pipeline[each.value.job].principal_id
  principal_type       = "ServicePrincipal"
  condition_version    = length(each.value.only) == 0 ? null : "2.0"
  condition = length(each.value.only) == 0 ? null : join(" AND ", [
    for action, source in { write = "Request", delete = "Resource" } : join("", [
      "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {",
      join(", ", [for name in each.value.only : basename(data.azurerm_role_definition.given[name].role_definition_id)]),
      "}))",
    ])
  ])
}
