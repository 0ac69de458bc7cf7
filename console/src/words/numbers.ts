const plain = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 10_000
    ? compact.format(value)
    : Number.isInteger(value)
      ? grouped.format(value)
      : plain.format(value);
}

export function shareText(share: number): string {
  if (!Number.isFinite(share)) return "–";
  return `${plain.format(share * 100)} %`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${plain.format(bytes / 1_000 ** power)} ${units[power]}`;
}
