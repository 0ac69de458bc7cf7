// A product of any size, made of the same kinds of things as the examples: services that use databases, alerts on each, overrides.
export function madeProduct(gantry, services, { files = false } = {}) {
  const {
    alert,
    budget,
    canary,
    channel,
    errorRate,
    gcp,
    latency,
    pipeline,
    postgres,
    product,
    redis,
    secret,
    service,
    set,
    worker,
    queue,
  } = gantry;
  const ops = channel.slack("#ops");
  const cache = redis("cache", { version: 7 });
  const key = secret("key");
  const databases = Array.from({ length: Math.ceil(services / 10) }, (_, n) =>
    postgres(`db-${n}`, { version: 16, backup: { pitr: "7d", dump: "daily" }, migrations: "./migrations" }),
  );
  const all = Array.from({ length: services }, (_, n) => {
    const db = databases[Math.floor(n / 10)];
    const options = {
      build: `./services/${n}`,
      health: "/health",
      paths: [`/s${n}`],
      uses: [db, cache],
      env: { DATABASE_URL: db.url, REDIS_URL: cache.url, KEY: key, LEVEL: "info", NUMBER: n },
      size: { cpu: 1, memory: "512Mi" },
      scale: { min: 0, max: 10 },
    };
    return n % 5 === 4
      ? worker(`s-${n}`, { ...options, paths: undefined, takes: queue(`q-${n}`, { on: cache }) })
      : service(`s-${n}`, options);
  });
  const alerts = all.flatMap((one, n) =>
    n % 5 === 4
      ? []
      : [
          alert(`errors ${n}`, { when: errorRate(one).over("5m").above("2%"), severity: "critical", to: ops }),
          alert(`slow ${n}`, { when: latency(one).over("5m").p95.above("2s"), severity: "warning", to: ops }),
        ],
  );
  const environments = Object.fromEntries(
    Array.from({ length: 6 }, (_, n) => [
      `env-${n}`,
      gcp(`made-product-${n}`, {
        production: n === 5,
        domain: `e${n}.example.com`,
        release: canary([{ to: "10%", bake: "30m" }]),
        budget: budget({ monthly: 500, alertAt: ["50%", "90%"], to: ops }),
        overrides: all.filter((_one, index) => index % 7 === n).map((one) => set(one, { scale: { max: 20 } })),
      }),
    ]),
  );
  const shipped = pipeline({
    runsOn: ["github actions"],
    images: { registry: "us-central1-docker.pkg.dev/<project>/made/<service>:<sha>" },
    infrastructure: { root: "infra/envs/<environment>", state: { in: "gcs", bucket: "made-tf-state", locked: true } },
  });
  return product("made", { services: all, watch: { alerts }, environments, ...(files ? { pipeline: shipped } : {}) });
}
