// Regions and sizes as Azure lists them (learn.microsoft.com: regions; Azure Database for PostgreSQL compute options; Azure Cache for Redis).
export const azureRegions = [
  "australiacentral",
  "australiacentral2",
  "australiaeast",
  "australiasoutheast",
  "austriaeast",
  "belgiumcentral",
  "brazilsouth",
  "brazilsoutheast",
  "canadacentral",
  "canadaeast",
  "centralindia",
  "centralus",
  "chilecentral",
  "eastasia",
  "eastus",
  "eastus2",
  "francecentral",
  "francesouth",
  "germanywestcentral",
  "germanynorth",
  "indonesiacentral",
  "israelcentral",
  "italynorth",
  "japaneast",
  "japanwest",
  "koreacentral",
  "koreasouth",
  "malaysiawest",
  "mexicocentral",
  "newzealandnorth",
  "northcentralus",
  "northeurope",
  "norwayeast",
  "norwaywest",
  "polandcentral",
  "qatarcentral",
  "southafricanorth",
  "southafricawest",
  "southcentralus",
  "southeastasia",
  "southindia",
  "spaincentral",
  "swedencentral",
  "switzerlandnorth",
  "switzerlandwest",
  "uaenorth",
  "uaecentral",
  "uksouth",
  "ukwest",
  "westcentralus",
  "westeurope",
  "westindia",
  "westus",
  "westus2",
  "westus3",
] as const;

export type AzureRegion = (typeof azureRegions)[number];

const burstable = ["B1ms", "B2s", "B2ms", "B4ms", "B8ms", "B12ms", "B16ms", "B20ms"];
const cores = [2, 4, 8, 16, 32, 48, 64, 96];

/** Why Azure Database for PostgreSQL would not make a server of this size. */
export function azureDatabaseSizeProblem(size: string): { message: string; hint: string } | undefined {
  const [tier, ...rest] = size.split("_");
  const sku = rest.join("_");
  const known =
    (tier === "B" && burstable.some((name) => sku === `Standard_${name}`)) ||
    (tier === "GP" &&
      cores.some((n) =>
        [`Standard_D${n}s_v3`, `Standard_D${n}ds_v4`, `Standard_D${n}ds_v5`, `Standard_D${n}ads_v5`].includes(sku),
      )) ||
    (tier === "MO" &&
      [...cores, 20].some((n) =>
        [`Standard_E${n}s_v3`, `Standard_E${n}ds_v4`, `Standard_E${n}ds_v5`, `Standard_E${n}ads_v5`].includes(sku),
      ));
  if (known) return undefined;
  return {
    message: `Azure Database for PostgreSQL has no size ${size}`,
    hint: "sizes read B_Standard_B1ms, GP_Standard_D2ds_v5 or MO_Standard_E4ds_v5",
  };
}
