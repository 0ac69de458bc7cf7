# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  # Which service writes where, for whom, and whether it looks at the bucket first. AWS documents no condition for load balancers;
  # the account is in their path.
  own_account = { StringEquals = { "aws:SourceAccount" = var.account_id } }
  writers = {
    cloudtrail = {
      service   = "cloudtrail.amazonaws.com"
      path      = "AWSLogs/${var.account_id}/*"
      looks     = ["s3:GetBucketAcl"]
      condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudtrail:*:${var.account_id}:trail/*" } }
    }
    config = {
      service   = "config.amazonaws.com"
      path      = "AWSLogs/${var.account_id}/Config/*"
      looks     = ["s3:GetBucketAcl", "s3:ListBucket"]
      condition = local.own_account
    }
    "load-balancer" = {
      service   = "logdelivery.elasticloadbalancing.amazonaws.com"
      path      = "load-balancer/AWSLogs/${var.account_id}/*"
      looks     = []
      condition = null
    }
    s3 = {
      service   = "logging.s3.amazonaws.com"
      path      = "s3/*"
      looks     = []
      condition = local.own_account
    }
  }
  chosen = { for writer in var.log_writers : writer => local.writers[writer] }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "OnlyByTls"
        Effect    = "Deny"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
        Principal = { AWS = "*" }
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for name, writer in local.chosen : merge(
        {
          Effect    = "Allow"
          Action    = ["s3:PutObject"]
          Resource  = ["${aws_s3_bucket.this.arn}/${writer.path}"]
          Principal = { Service = writer.service }
        },
        writer.condition == null ? {} : { Condition = writer.condition },
      )],
      [for name, writer in local.chosen : {
        Effect    = "Allow"
        Action    = writer.looks
        Resource  = [aws_s3_bucket.this.arn]
        Principal = { Service = writer.service }
        Condition = writer.condition
      } if length(writer.looks) > 0],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
