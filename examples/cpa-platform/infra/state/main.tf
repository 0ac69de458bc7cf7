# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  accounts = {
    staging    = var.staging_account_id
    production = var.production_account_id
    demo       = var.demo_account_id
  }
}

# Applied once by a person, before anything else: the states of all environments lie in this bucket. It has none of its own in there,
# and needs none: terraform import aws_s3_bucket.state <name> finds it again.
resource "aws_s3_bucket" "state" {
  bucket = "cpa-terraform-state"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

# By S3's own key, which is what Terraform asks for, and which other accounts need no right to.
resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "versions"
    status = "Enabled"

    filter {}

    # Whichever keeps more: the last 50 versions of a state, or those of 90 days.
    noncurrent_version_expiration {
      newer_noncurrent_versions = 50
      noncurrent_days           = 90
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

# By TLS only. An environment in another account reaches its own state, and the lock beside it; who there may is for IAM to say.
resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect    = "Deny"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
        Principal = "*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      flatten([for folder, account in local.accounts : [
        {
          Effect    = "Allow"
          Action    = ["s3:GetObject", "s3:PutObject"]
          Resource  = ["${aws_s3_bucket.state.arn}/${folder}/*"]
          Principal = { AWS = "arn:aws:iam::${account}:root" }
        },
        {
          Effect    = "Allow"
          Action    = ["s3:DeleteObject"]
          Resource  = ["${aws_s3_bucket.state.arn}/${folder}/*.tflock"]
          Principal = { AWS = "arn:aws:iam::${account}:root" }
        },
        {
          # Terraform asks which workspaces there are, too.
          Effect    = "Allow"
          Action    = ["s3:ListBucket"]
          Resource  = [aws_s3_bucket.state.arn]
          Principal = { AWS = "arn:aws:iam::${account}:root" }
          Condition = { StringLike = { "s3:prefix" = ["${folder}/*", "env:/"] } }
        },
      ]]),
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.state]
}
