import { useCell } from "./cell.ts";
import { createCell } from "./cell.ts";

const key = "gantry.product";

function kept(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** The product that is looked at; one server may have several. */
export const product = createCell(kept());

export function useProduct(): string {
  return useCell(product);
}

export function chooseProduct(name: string): void {
  product.set(name);
  try {
    localStorage.setItem(key, name);
  } catch {
    // It holds for as long as the page is open.
  }
}
