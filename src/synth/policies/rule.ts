/** What the Terraform provider of a cloud is called; `every` is what holds whoever makes the resource. */
export type Provider = "google" | "aws" | "azurerm" | "kubernetes" | "every";

/** What one thing that is forbidden means with one provider: rules in Rego, and plans that show what they refuse. */
export type Rules = { readonly rules: string; readonly cases: readonly Case[] };

export type Case = {
  /** The end of "refuses …" or "allows …". */
  readonly is: string;
  readonly refused: boolean;
  readonly plan: { readonly type: string; readonly values: Json } | { readonly whole: Json };
};

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Forbidden = Partial<Readonly<Record<Provider, Rules>>>;

/** A plan that makes one resource with these values. */
export function refuses(is: string, type: string, values: Json): Case {
  return { is, refused: true, plan: { type, values } };
}

export function allows(is: string, type: string, values: Json): Case {
  return { is, refused: false, plan: { type, values } };
}
