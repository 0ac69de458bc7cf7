import { alert, canary, channel, errorRate, gcp, local, postgres, product, service, set } from "gantry";

const db = postgres("db", { version: 99 });
const api = service("api", { uses: [db], size: { cpu: 1, memroy: "1Gi" } });
const ops = channel.slack("#ops");
const wrong = alert("a", { when: errorRate(api).over("five").above("2%"), severity: "critical", to: ops });

export default product("p", {
  services: [api, "web"],
  watch: { alerts: [wrong] },
  environments: {
    here: local({ logLevel: "loud" }),
    prod: gcp("project", {
      release: canary([{ to: "5%", bake: 15 }]),
      overrides: [set(api, { scale: { mx: 5 } }), set(db, { size: 4 })],
      domain: 5,
    }),
  },
});
