# ECR repositories: a tag never moves, every image is scanned, the newest stay, and other accounts pull and push as far as they have to.

locals {
  pulling = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
  pushing = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
}

resource "aws_ecr_repository" "this" {
  for_each = var.repositories

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_delete

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.kms_key_arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = var.repositories

  repository = aws_ecr_repository.this[each.key].name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Without a tag nobody finds it"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "The newest ${var.keep_images} stay"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.keep_images }
        action       = { type = "expire" }
      },
    ]
  })
}

# In another account IAM decides who of it may; here only that account is let in, and to push only those named.
resource "aws_ecr_repository_policy" "this" {
  for_each = length(var.readers) + length(var.writers) == 0 ? toset([]) : var.repositories

  repository = aws_ecr_repository.this[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for accounts in [var.readers] : {
        Sid       = "Pull"
        Effect    = "Allow"
        Action    = local.pulling
        Principal = { AWS = [for account in accounts : "arn:aws:iam::${account}:root"] }
      } if length(accounts) > 0],
      [for name, writer in var.writers : {
        Sid       = "Push${title(replace(name, "/[^A-Za-z0-9]/", ""))}"
        Effect    = "Allow"
        Action    = concat(local.pulling, local.pushing)
        Principal = { AWS = "arn:aws:iam::${writer.account_id}:root" }
        Condition = { ArnEquals = { "aws:PrincipalArn" = ["arn:aws:iam::${writer.account_id}:role/${writer.role}"] } }
      }],
    )
  })
}

# A whole registry has one such rule, so it names the repositories. They have to be there: a copy makes one without these settings.
resource "aws_ecr_replication_configuration" "this" {
  count = var.copies == null ? 0 : 1

  replication_configuration {
    rule {
      dynamic "destination" {
        for_each = var.copies.regions

        content {
          region      = destination.value
          registry_id = var.copies.account_id
        }
      }

      dynamic "repository_filter" {
        for_each = var.repositories

        content {
          filter      = repository_filter.value
          filter_type = "PREFIX_MATCH"
        }
      }
    }
  }
}
