// Who is measured: each a reverse proxy on one core in front of the same upstream, set up as its documentation says for this.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const has = (program) => spawnSync("which", [program], { stdio: "ignore" }).status === 0;

const serve = fileURLToPath(new URL("serve.mjs", import.meta.url));

// As the platform starts it (`gatewayCollects`). Told that it has one core, as Caddy sees by itself and the others by their settings: else the collector's helpers, made for cores
// that are free, take this one from the thread they are to help.
const node = [process.execPath, "--no-incremental-marking", "--single-threaded-gc"];

/** nginx with two fixed bodies: far cheaper than anything that is measured in front of it. */
export function upstreamCommand(folder, port) {
  writeFileSync(path.join(folder, "small"), "x".repeat(100));
  writeFileSync(path.join(folder, "large"), "x".repeat(65_536));
  return nginx(
    folder,
    "upstream",
    `server { listen 127.0.0.1:${port}; root ${folder}; open_file_cache max=10; sendfile on; tcp_nodelay on; }`,
  );
}

export function contenders(folder, upstream) {
  const file = (name, text) => {
    const full = path.join(folder, name);
    writeFileSync(full, text);
    return full;
  };
  return [
    {
      name: "gateway",
      command: (port) => [...node, serve, String(port), String(upstream), path.join(folder, "access-lines")],
    },
    {
      name: "gateway without metrics and log",
      command: (port) => [...node, serve, String(port), String(upstream), "-"],
    },
    {
      name: "caddy",
      needs: "caddy",
      command: (port) => [
        "caddy",
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        file(
          "Caddyfile",
          `{\n  admin off\n  auto_https off\n}\nhttp://127.0.0.1:${port} {\n  reverse_proxy 127.0.0.1:${upstream}\n}\n`,
        ),
      ],
    },
    {
      name: "nginx",
      needs: "nginx",
      command: (port) =>
        nginx(
          folder,
          "proxy",
          `upstream up { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 1000000; }
           server { listen 127.0.0.1:${port}; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
        ),
    },
    {
      name: "haproxy",
      needs: "haproxy",
      command: (port) => [
        "haproxy",
        "-db",
        "-f",
        file(
          "haproxy.cfg",
          `global\n  nbthread 1\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s
frontend in\n  bind 127.0.0.1:${port}\n  default_backend up\nbackend up\n  server one 127.0.0.1:${upstream}\n`,
        ),
      ],
    },
  ];
}

function nginx(folder, name, http) {
  const config = path.join(folder, `${name}.conf`);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((one) => `${one}_temp_path ${folder}/${name}-${one};`)
    .join(" ");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/${name}.pid; error_log ${folder}/${name}-errors crit; events { worker_connections 1024; }
     http { access_log off; keepalive_requests 1000000; ${paths} ${http} }`,
  );
  return ["nginx", "-p", folder, "-c", config];
}
