import { allows, type Right } from "../../../src/api/rights.ts";
import { useWho } from "./asked.ts";
import { useProduct } from "./product.ts";

/** Whether whoever looks may do something there; nothing is said before that is known. The server decides all the same. */
export function useMay(right: Right, environment: string): boolean | undefined {
  const product = useProduct();
  const who = useWho().value;
  return who === undefined ? undefined : allows(who.grants, right, { product, environment });
}
