import type { Image } from "./image.ts";

const byLanguage: Readonly<Record<string, readonly string[]>> = {
  node: ["node_modules", "dist", ".next", "coverage", "playwright-report", "test-results"],
  python: ["__pycache__", "*.pyc", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache"],
  rust: ["target"],
};

/** What a build has no use for, and what an image must not hold. */
export function ignoredBy({ context, services }: Image, root: string): string {
  const language = services[0]?.service.stack?.language ?? "";
  const lines = [
    ".git",
    ".github",
    "# Never in an image: what is in a layer can be read by whoever pulls it.",
    ".env*",
    "**/.env*",
    "*.pem",
    "*.key",
    "credentials.json",
    "# Made again inside.",
    ...(byLanguage[language] ?? []),
    "# Of no use there.",
    ...(context === "." ? [root] : []),
    "Dockerfile*",
    ".dockerignore",
    "docker-compose*.yml",
    "*.md",
  ];
  return lines.map((one) => `${one}\n`).join("");
}
