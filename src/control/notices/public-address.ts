import { lookup as lookupName } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";

// A webhook's address comes from a spec, and a name may lead anywhere: into a cloud's metadata server, a neighbour's database. What is looked
// up is what is connected to, so a name that changes its mind in between gains nothing.

const private4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];
const private6: readonly (readonly [string, number])[] = [
  ["::", 96],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
];

const blocked = new BlockList();
for (const [net, bits] of private4) blocked.addSubnet(net, bits, "ipv4");
for (const [net, bits] of private6) blocked.addSubnet(net, bits, "ipv6");
// An IPv4 address in IPv6's clothes.
for (const [net, bits] of private4) blocked.addSubnet(`::ffff:${net}`, 96 + bits, "ipv6");

export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "");
  const family = isIP(bare);
  return family !== 0 && blocked.check(bare, family === 4 ? "ipv4" : "ipv6");
}

export class PrivateAddressError extends Error {
  readonly code = "private-address";
}

/** Looks a name up as Node does, and refuses it when any of its addresses is private. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookupName(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, "");
    const bad = found.find(({ address }) => isPrivateAddress(address));
    if (bad) return callback(new PrivateAddressError(`${hostname} is a private address (${bad.address})`), "");
    if (options.all === true) return callback(null, found);
    const [first] = found;
    return callback(null, first?.address ?? "", first?.family);
  });
};
