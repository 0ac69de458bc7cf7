#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

# LocalStack runs this once it is ready, with each start.
set -euo pipefail

awslocal s3api create-bucket --bucket documents >/dev/null
if ! awslocal kms describe-key --key-id alias/tenant-keys >/dev/null 2>&1; then
  key=$(awslocal kms create-key --query KeyMetadata.KeyId --output text)
  awslocal kms create-alias --alias-name alias/tenant-keys --target-key-id "$key"
fi
