import { forwardTo } from "../../shared/forward.ts";
import { runService } from "../../shared/service.ts";

// Stands in for nginx: /api goes to the server, the rest to the client, both ways as it comes.
const { CLIENT_URL = "http://127.0.0.1:3000", SERVER_URL = "http://127.0.0.1:4000" } = process.env;

runService({
  health: { live: "/health/live", ready: "/health/ready" },
  routes: { "* /api/*": forwardTo(SERVER_URL), "* /*": forwardTo(CLIENT_URL) },
});
