/** What a target may cost: an endpoint that never ends is cut off. */
export const limits = {
  sample_limit: 20_000,
  label_limit: 64,
  label_value_length_limit: 1_024,
  body_size_limit: "16MB",
} as const;
