# Written by Gantry from the spec: change that, and run `gantry synth`.

output "workflow" {
  description = "The id of the workflow, for a dump out of turn."
  value       = google_workflows_workflow.this.id
}
