/** What the platform checks AI systems against. */
export const frameworks = [
  {
    id: "eu-ai-act",
    title: "EU AI Act",
    checks: ["risk class is named", "a person can stop the system", "training data is documented"],
  },
  { id: "iso-42001", title: "ISO/IEC 42001", checks: ["an owner is named", "impact was assessed"] },
];
