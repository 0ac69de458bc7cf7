import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createCrc32, createCrc32c, createCrc64nvme } from "./crc.ts";

// The check values of the catalogue of CRC algorithms, over "123456789".
test.each([
  ["CRC-32", createCrc32, "cbf43926"],
  ["CRC-32C", createCrc32c, "e3069283"],
  ["CRC-64/NVME", createCrc64nvme, "ae8b14860a799888"],
])("%s has its check value, however the data is cut", (_name, create, wanted) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), (cut) => {
      const crc = create();
      crc.update(Buffer.from("123456789").subarray(0, cut));
      crc.update(Buffer.from("123456789").subarray(cut));
      expect(crc.digest().toString("hex")).toBe(wanted);
    }),
  );
});
