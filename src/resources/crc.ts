import { crc32 } from "node:zlib";

/** A checksum that is fed in parts. Base64 of its big-endian bytes is how S3 writes it. */
export type Crc = { readonly update: (data: Uint8Array) => void; readonly digest: () => Buffer };

export function createCrc32(): Crc {
  let value = 0;
  return {
    update: (data) => {
      value = crc32(data, value);
    },
    digest: () => bytes32(value),
  };
}

// Reflected polynomials.
const castagnoli = table32(0x82f63b78);
const nvme = table64(0x9a6c9329ac4bc9b5n);

export function createCrc32c(): Crc {
  let value = 0xffffffff;
  return {
    update: (data) => {
      for (const byte of data) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
    },
    digest: () => bytes32(~value >>> 0),
  };
}

/** CRC-64/NVME in two halves: BigInt would be a hundred times slower. */
export function createCrc64nvme(): Crc {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update: (data) => {
      for (const byte of data) {
        const index = ((low ^ byte) & 0xff) * 2;
        low = (nvme[index + 1] ?? 0) ^ ((low >>> 8) | (high << 24));
        high = (nvme[index] ?? 0) ^ (high >>> 8);
      }
    },
    digest: () => Buffer.concat([bytes32(~high >>> 0), bytes32(~low >>> 0)]),
  };
}

function bytes32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function table32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
}

function table64(polynomial: bigint): Uint32Array {
  const table = new Uint32Array(512);
  for (let index = 0; index < 256; index += 1) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    table[index * 2] = Number(value >> 32n);
    table[index * 2 + 1] = Number(value & 0xffffffffn);
  }
  return table;
}
