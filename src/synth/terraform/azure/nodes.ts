import { bytesOf } from "../../../lib/quantities.ts";
import { type Plan, minioBuckets } from "./plan.ts";

/** A machine, with what is left of it for pods once the system has its share. */
const machine = { size: "Standard_D4ds_v5", cpu: 3.5, memoryGib: 12.5 };
const unsized = { cpu: 0.5, memory: "512Mi" };
const gib = 2 ** 30;

/** How many machines a zone needs: the smallest number with room for everything at its largest. */
export function nodesPerZone(plan: Plan): { readonly size: string; readonly min: number; readonly max: number } {
  const { environment, zones } = plan;
  const need = (count: "min" | "max") => {
    const pods = Object.values(environment.services).map(({ size, scale }) => {
      const { cpu = unsized.cpu, memory = unsized.memory } = size ?? {};
      const many = Math.max(1, scale?.[count] ?? 1);
      return { cpu: cpu * many, memory: (bytesOf(memory) / gib) * many };
    });
    const sides = count === "max" && environment.release?.strategy === "blue-green" ? 2 : 1;
    const store = minioBuckets(plan).length > 0 ? { cpu: 6 * 0.5, memory: 6 * 2 } : { cpu: 0, memory: 0 };
    const cpu = sides * sum(pods.map((one) => one.cpu)) + store.cpu;
    const memory = sides * sum(pods.map((one) => one.memory)) + store.memory;
    return Math.max(1, Math.ceil(Math.max(cpu / machine.cpu, memory / machine.memoryGib) / zones.length));
  };
  const min = need("min");
  return { size: machine.size, min, max: Math.max(min + 1, need("max")) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
