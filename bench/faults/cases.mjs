// Which faults, and by which policies of which examples. What each is expected to do says where a policy is blind, too.

const slower = (usual) => usual.replace(/latency=(\d+)ms±(\d+)/, (_, mean, spread) => `latency=${mean * 1.2}ms±${spread * 1.2}`);

export const faults = [
  { id: "2 %", says: "2 % errors", faults: () => "errors=2%" },
  { id: "5 %", says: "5 % errors", faults: () => "errors=5%" },
  { id: "50 %", says: "50 % errors", faults: () => "errors=50%" },
  { id: "slow", says: "a fifth slower", replaces: true, faults: ({ usual }) => slower(usual) },
  { id: "start", says: "crashes at its start", faults: () => "crash-at-start" },
  {
    id: "later",
    says: "crashes after ten minutes, again and again",
    faults: ({ speed }) => `crash-after=${Math.round(600_000 / speed)}ms`,
  },
  { id: "leak", says: "its memory grows by 30 MiB a second", faults: () => "leak=30Mi/s" },
  { id: "smoke", says: "answers its health, fails its smoke tests", faults: () => "fail-smoke" },
  { id: "worker", says: "a worker that crashes at its start", worker: true, faults: () => "crash-at-start" },
];

const byteReview = {
  example: "bytereview",
  usual: "latency=40ms±15",
  service: "api",
  asked: "api",
  file: "services/api.ts",
  worker: "worker-extract",
  workerFile: "services/worker.ts",
  path: "/api/documents",
};
const back = "taken back";

export const policies = [
  {
    ...byteReview,
    id: "bytereview-prod",
    says: "ByteReview prod: 5 % for 15 min, 50 % for 15 min, compared; above 2 % errors over 5 min; 100 requests/s",
    environment: "prod",
    speed: 60,
    perSecond: 100,
    expects: { "2 %": back, "5 %": back, "50 %": back, slow: back, start: back, later: back, leak: "either", worker: back },
  },
  {
    ...byteReview,
    id: "bytereview-little",
    says: "ByteReview prod with 5 requests/s",
    environment: "prod",
    speed: 60,
    perSecond: 5,
    expects: { "2 %": back, "5 %": back, "50 %": back },
  },
  {
    ...byteReview,
    id: "bytereview-staging",
    says: "ByteReview staging: 10 % for 30 min, compared; above 2 % errors over 5 min; 100 requests/s",
    environment: "staging",
    speed: 60,
    perSecond: 100,
    expects: { "2 %": back, "5 %": back, "50 %": back, slow: back, later: back },
  },
  {
    id: "cpa-production",
    says: "CPA production: blue-green, smoke tests on its preview; its alert at 5 % errors; 100 requests/s",
    example: "cpa-platform",
    environment: "production",
    usual: "latency=20ms±5",
    service: "backend",
    asked: "backend",
    file: "services/backend.ts",
    worker: "temporal-worker",
    workerFile: "services/temporal-worker.ts",
    path: "/api/v1/invoices",
    smoke: "playwright",
    speed: 60,
    perSecond: 100,
    expects: {
      "2 %": "either",
      "5 %": "either",
      "50 %": back,
      slow: "through",
      start: back,
      later: back,
      leak: "through",
      smoke: back,
      worker: back,
    },
  },
  {
    id: "ledger-sandbox",
    says: "Proveniq Ledger sandbox: rolling; above 5 % errors over 5 min; 50 requests/s",
    example: "proveniq-ledger",
    environment: "sandbox",
    usual: "latency=20ms±5",
    service: "api",
    asked: "api",
    file: "services/api.ts",
    path: "/v1/claims",
    speed: 60,
    perSecond: 50,
    // A rehearsal of the same takes it back in a third of the runs.
    expects: { "2 %": "either", "5 %": "either", "50 %": back, slow: "through", start: back, later: back },
  },
  {
    id: "codementor-memory",
    says: 'CodeMentor dev: rolling, with rollbackOn: [memory(backend).above("80%")] added to it (of 512 MiB); 50 requests/s',
    example: "codementor",
    environment: "dev",
    spec: (text) =>
      text
        .replace("  latency,\n", "  latency,\n  memory,\n")
        .replace("notify: ops };", 'notify: ops, rollbackOn: [memory(backend).above("80%")] };'),
    usual: "latency=20ms±5",
    service: "backend",
    asked: "backend",
    file: "services/backend.ts",
    path: "/lessons",
    speed: 60,
    perSecond: 50,
    expects: { "50 %": back, leak: back },
  },
];
