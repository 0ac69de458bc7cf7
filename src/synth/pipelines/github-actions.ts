/** Actions of others, each at the commit of a release: a tag can be moved, a commit cannot. */
const pins = {
  "actions/cache": ["27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"],
  "actions/checkout": ["3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"],
  "actions/download-artifact": ["3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"],
  "actions/setup-node": ["820762786026740c76f36085b0efc47a31fe5020", "v7.0.0"],
  "actions/setup-python": ["5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"],
  "actions/upload-artifact": ["bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"],
  "aws-actions/configure-aws-credentials": ["e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"],
  "azure/login": ["f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca", "v3.0.1"],
  "docker/build-push-action": ["53b7df96c91f9c12dcc8a07bcb9ccacbed38856a", "v7.3.0"],
  "docker/setup-buildx-action": ["37fe631027851001ddb9b187196cc803df7f5f0e", "v4.3.0"],
  "google-github-actions/auth": ["7c6bc770dae815cd3e89ee6cdf493a5fab2cc093", "v3.0.0"],
  "google-github-actions/setup-gcloud": ["aa5489c8933f4cc7a4f7d45035b3b1440c9c10db", "v3.0.1"],
  "hashicorp/setup-terraform": ["dfe3c3f87815947d99a8997f908cb6525fc44e9e", "v4.0.1"],
  "sigstore/cosign-installer": ["6f9f17788090df1f26f669e9d70d6ae9567deba6", "v4.1.2"],
} as const;

export type Action = keyof typeof pins;

export function pinned(action: Action): string {
  return `${action}@${pins[action][0]}`;
}

/** The version behind each pinned commit goes into a comment beside it: the writer of YAML has none at the end of a line. */
export function withVersions(text: string): string {
  return Object.entries(pins).reduce(
    (all, [action, [sha, version]]) => all.replaceAll(`uses: ${action}@${sha}\n`, `uses: ${action}@${sha} # ${version}\n`),
    text,
  );
}
