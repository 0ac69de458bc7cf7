import { type Forbidden, allows, refuses } from "../rule.ts";

const digest = `registry.example.com/api@sha256:${"a".repeat(64)}`;

export const unsignedImage: Forbidden = {
  google: {
    rules: `
# Binary authorization asks for the signature; it has to be on, and to refuse.
deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_binary_authorization_policy"
	some rule in resource.values.default_admission_rule
	[rule.evaluation_mode, rule.enforcement_mode] != ["REQUIRE_ATTESTATION", "ENFORCED_BLOCK_AND_AUDIT_LOG"]
	message := sprintf("%s admits images that nobody signed: require an attestation, and block without", [resource.address])
}

deny contains message if {
	some resource in data.terraform.resources
	resource.type == "google_cloud_run_v2_service"
	count(data.terraform.listed(object.get(resource.values, "binary_authorization", []))) == 0
	message := sprintf("%s takes any image: give it binary_authorization", [resource.address])
}
`,
    cases: [
      refuses("a policy that only writes down", "google_binary_authorization_policy", {
        default_admission_rule: [{ evaluation_mode: "REQUIRE_ATTESTATION", enforcement_mode: "DRYRUN_AUDIT_LOG_ONLY" }],
      }),
      refuses("a service that takes any image", "google_cloud_run_v2_service", { name: "api" }),
      allows("a service that asks", "google_cloud_run_v2_service", { binary_authorization: [{ use_default: true }] }),
    ],
  },
  kubernetes: {
    rules: `
# A tag can be moved to another image; what was signed is known by its digest.
deny contains message if {
	some resource in data.terraform.resources
	startswith(resource.type, "kubernetes_")
	some found in regex.find_n(\`"image":"[^"@$]+"\`, json.marshal(resource.values), -1)
	message := sprintf("%s has %s: name the image by its digest", [resource.address, found])
}
`,
    cases: [
      refuses("an image by its tag", "kubernetes_deployment_v1", { container: [{ image: "registry.example.com/api:v1" }] }),
      allows("an image by its digest", "kubernetes_deployment_v1", { container: [{ image: digest }] }),
    ],
  },
};
