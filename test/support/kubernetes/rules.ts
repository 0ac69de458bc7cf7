import { type Json, type Thing, containersOf, templateOf } from "./kustomize.ts";

// What no schema knows: whether the objects of a cluster fit together, and whether its pods would be let in.

const runtime = ["RuntimeDefault", "Localhost"];

/** What the restricted profile of the pod security standards forbids, and the read-only root beside it. */
export function restrictedProblems(things: readonly Thing[]): string[] {
  return things.flatMap((one) => {
    const spec = templateOf(one)?.spec;
    if (!spec) return [];
    const at = `${one.kind} ${one.metadata.name}`;
    const pod = (spec["securityContext"] ?? {}) as Json;
    const problems: string[] = [];
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) if (spec[key] === true) problems.push(`${at}: ${key}`);
    for (const volume of (spec["volumes"] ?? []) as Json[])
      if (!["emptyDir", "configMap", "secret", "projected", "persistentVolumeClaim"].some((type) => type in volume))
        problems.push(`${at}: volume ${String(volume["name"])}`);
    for (const container of containersOf(one)) {
      const own = (container["securityContext"] ?? {}) as Json;
      const where = `${at}/${String(container["name"])}`;
      const both = (key: string) => own[key] ?? pod[key];
      if (both("runAsNonRoot") !== true) problems.push(`${where}: may run as root`);
      if (both("runAsUser") === 0) problems.push(`${where}: runs as root`);
      if (!runtime.includes(String((both("seccompProfile") as Json | undefined)?.["type"])))
        problems.push(`${where}: no seccomp profile`);
      if (own["allowPrivilegeEscalation"] !== false) problems.push(`${where}: may gain privileges`);
      if (own["privileged"] === true) problems.push(`${where}: privileged`);
      const capabilities = (own["capabilities"] ?? {}) as { drop?: string[]; add?: string[] };
      if (!capabilities.drop?.includes("ALL")) problems.push(`${where}: keeps capabilities`);
      if (capabilities.add?.some((name) => name !== "NET_BIND_SERVICE")) problems.push(`${where}: adds capabilities`);
      if (own["readOnlyRootFilesystem"] !== true) problems.push(`${where}: writes to its root`);
      const limits = ((container["resources"] ?? {}) as { limits?: Json }).limits ?? {};
      for (const key of ["cpu", "memory"]) if (limits[key] === undefined) problems.push(`${where}: no ${key} limit`);
    }
    return problems;
  });
}

/** Every name that an object says has to be that of another. `made` are secrets that something in the cluster makes. */
export function referenceProblems(things: readonly Thing[]): string[] {
  const problems: string[] = [];
  const names = (kind: string) => new Set(things.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name));
  const configMaps = names("ConfigMap");
  const secrets = new Set([
    ...names("Secret"),
    ...things
      .filter(({ kind }) => kind === "ExternalSecret")
      .map((one) => String(((one["spec"] as Json)["target"] as Json)["name"])),
    ...things.filter(({ kind }) => kind === "Certificate").map((one) => String((one["spec"] as Json)["secretName"])),
  ]);
  const need = (known: ReadonlySet<string>, name: unknown, at: string, what: string) => {
    if (!known.has(String(name))) problems.push(`${at}: there is no ${what} ${String(name)}`);
  };
  const pods = things.flatMap((one) => {
    const template = templateOf(one);
    return template ? [{ one, labels: (template.metadata?.labels ?? {}) as Record<string, string> }] : [];
  });
  const select = (labels: Record<string, string> | undefined) =>
    pods.filter((pod) => Object.entries(labels ?? {}).every(([key, value]) => pod.labels[key] === value));
  const ports = (one: Thing) =>
    containersOf(one).flatMap(({ ports: its }) => (its ?? []) as { name: string; containerPort: number }[]);

  for (const { one } of pods) {
    const spec = templateOf(one)?.spec ?? {};
    const at = `${one.kind} ${one.metadata.name}`;
    need(names("ServiceAccount"), spec["serviceAccountName"], at, "service account");
    const volumes = (spec["volumes"] ?? []) as { name: string; configMap?: { name: string }; secret?: { secretName: string } }[];
    for (const { configMap, secret } of volumes) {
      if (configMap) need(configMaps, configMap.name, at, "config map");
      if (secret) need(secrets, secret.secretName, at, "secret");
    }
    for (const container of containersOf(one)) {
      for (const { name } of (container["volumeMounts"] ?? []) as { name: string }[])
        need(new Set(volumes.map((volume) => volume.name)), name, at, "volume");
      for (const { configMapRef, secretRef } of (container["envFrom"] ?? []) as { configMapRef?: Json; secretRef?: Json }[]) {
        if (configMapRef) need(configMaps, configMapRef["name"], at, "config map");
        if (secretRef) need(secrets, secretRef["name"], at, "secret");
      }
      for (const { valueFrom } of (container["env"] ?? []) as {
        valueFrom?: { configMapKeyRef?: { name: string; key: string } };
      }[]) {
        const ref = valueFrom?.configMapKeyRef;
        if (!ref) continue;
        const map = things.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === ref.name);
        need(new Set(Object.keys(map?.["data"] ?? {})), ref.key, at, `key of ${ref.name}`);
      }
      const own = new Set(((container["ports"] ?? []) as { name: string }[]).map(({ name }) => name));
      for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
        const asked = container[probe] as { httpGet?: { port: unknown }; tcpSocket?: { port: unknown } } | undefined;
        const port = asked?.httpGet?.port ?? asked?.tcpSocket?.port;
        if (typeof port === "string") need(own, port, at, `port for ${probe}`);
      }
    }
    const selector = ((one["spec"] as Json)["selector"] as { matchLabels?: Record<string, string> } | undefined)?.matchLabels;
    if (one.kind === "Deployment" && !select(selector).some((pod) => pod.one === one))
      problems.push(`${at}: selects not its own pods`);
    if (one.kind === "Deployment" && select(selector).length > 1) problems.push(`${at}: selects the pods of others`);
  }
  for (const one of things) {
    const spec = (one["spec"] ?? {}) as Json;
    const at = `${one.kind} ${one.metadata.name}`;
    if (one.kind === "Service" && spec["type"] !== "ExternalName") {
      const hit = select(spec["selector"] as Record<string, string>);
      if (hit.length === 0) problems.push(`${at}: selects nothing`);
      for (const { targetPort } of spec["ports"] as { targetPort: unknown }[])
        for (const pod of hit)
          if (!ports(pod.one).some((port) => port.containerPort === targetPort || port.name === targetPort))
            problems.push(`${at}: nobody listens on ${String(targetPort)}`);
    }
    if (one.kind === "NetworkPolicy" || one.kind === "PodDisruptionBudget") {
      const selector = (spec["podSelector"] ?? spec["selector"]) as { matchLabels?: Record<string, string> };
      const labels = selector.matchLabels;
      if (labels && !("acme.cert-manager.io/http01-solver" in labels) && select(labels).length === 0)
        problems.push(`${at}: selects nothing`);
    }
    if (one.kind === "HorizontalPodAutoscaler" || one.kind === "ScaledObject") {
      const target = spec["scaleTargetRef"] as { kind: string; name: string };
      need(names(target.kind), target.name, at, target.kind);
    }
    if (one.kind === "InterceptorRoute") need(names("Service"), (spec["target"] as Json)["service"], at, "service");
    for (const match of JSON.stringify(spec).matchAll(/"interceptorRoute":"([^"]+)"/g))
      need(names("InterceptorRoute"), match[1], at, "route");
    if (one.kind === "ExternalSecret") need(names("SecretStore"), (spec["secretStoreRef"] as Json)["name"], at, "secret store");
    if (one.kind === "SecretStore")
      for (const name of JSON.stringify(spec).matchAll(/"serviceAccountRef":\{"name":"([^"]+)"/g))
        need(names("ServiceAccount"), name[1], at, "service account");
    if (one.kind === "Certificate") need(names("Issuer"), (spec["issuerRef"] as Json)["name"], at, "issuer");
    if (one.kind === "Ingress")
      for (const match of JSON.stringify(spec).matchAll(/"service":\{"name":"([^"]+)","port":\{"name":"([^"]+)"/g)) {
        const service = things.find(({ kind, metadata }) => kind === "Service" && metadata.name === match[1]);
        const its = ((service?.["spec"] as Json | undefined)?.["ports"] ?? []) as { name: string }[];
        need(new Set(its.map(({ name }) => name)), match[2], at, `port of ${String(match[1])}`);
      }
  }
  return problems;
}
