// What open consoles ask, each as often as the pages do it: an overview of everything, somebody at a release, somebody at the logs, and the rest now
// and then. console/src/live/asked.ts has how often each page asks.
import { environments, product, released } from "./product.mjs";

export async function askedByConsoles(port, headers) {
  const get = async (target) => (await fetch(`http://127.0.0.1:${port}${target}`, { headers })).json();
  const of = `/v1/products/${product}`;
  const [{ id }] = (await get(`${of}/releases?environment=${released}`)).items;
  const { next } = await get(`${of}/events?limit=500`);
  const deep = String(Number(next) >> 1);
  const each = (share, paths) => paths.map((path) => ({ path, share: share / paths.length }));
  const inAll = (what) => [...environments, released].map((name) => `${of}/environments/${name}/${what}`);
  return [
    ...each(0.15, [`${of}/environments`]),
    ...each(0.1, [`${of}/environments/${environments[0]}`, `${of}/environments/${environments[1]}/services/job-7`]),
    ...each(0.15, inAll("slos")),
    ...each(0.15, inAll("alerts")),
    ...each(0.05, [`${of}/releases?limit=100`, `${of}/releases?limit=50&environment=${released}`]),
    ...each(0.15, [`${of}/environments/${released}/releases/${id}`]),
    ...each(0.1, [
      `${of}/events?limit=50`,
      `${of}/events?limit=100&environment=two`,
      `${of}/events?limit=50&kinds=alert`,
      `${of}/events?limit=50&kinds=nothing`,
      `${of}/events?limit=50&cursor=${deep}`,
    ]),
    ...each(0.05, [`${of}/environments/${released}/query?expr=up&rangeMs=600000&stepMs=5000`]),
    ...each(0.05, [`${of}/environments/${released}/logs?limit=300`]),
    ...each(0.05, [
      "/v1/whoami",
      "/v1/products",
      `${of}/environments/${environments[0]}/previews`,
      `${of}/environments/${environments[0]}/spec`,
    ]),
  ];
}
