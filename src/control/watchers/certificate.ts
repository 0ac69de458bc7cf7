import { type DetailedPeerCertificate, connect } from "node:tls";

const timeoutMs = 10_000;
const longestChain = 10;

/** When the first of the certificates that a host shows runs out, in seconds since 1970; whether they are trusted is another question. */
export function certificateEnd({
  host,
  address,
  port,
}: {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}): Promise<{ readonly end: number } | { readonly problem: string }> {
  return new Promise((resolve) => {
    // An address is no name that a server could be asked by.
    const servername = /^[\d.]+$/.test(host) ? "" : host;
    const socket = connect({ host: address, port, servername, rejectUnauthorized: false });
    const timer = setTimeout(() => end({ problem: "it does not answer in time" }), timeoutMs);
    const end = (found: { readonly end: number } | { readonly problem: string }): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    socket.on("secureConnect", () => {
      const ends = chainOf(socket.getPeerCertificate(true)).map((one) => Date.parse(one.valid_to));
      const first = Math.min(...ends.filter(Number.isFinite));
      end(Number.isFinite(first) ? { end: first / 1_000 } : { problem: "its certificate says no end" });
    });
    socket.on("error", (error) => end({ problem: "code" in error ? String(error.code) : error.message }));
    socket.on("close", () => end({ problem: "it closed the connection" }));
  });
}

/** From the host's own up to the root, which names itself. */
function chainOf(certificate: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  // The last one has no issuer, whatever its type says.
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next !== undefined && !chain.includes(next) && chain.length < longestChain) {
    chain.push(next);
    next = next.issuerCertificate as DetailedPeerCertificate | undefined;
  }
  return chain;
}
