export function ServiceCharts({ environment, service }: { readonly environment: string; readonly service: string }) {
  return environment === service ? null : null;
}
