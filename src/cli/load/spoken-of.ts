import { refName } from "../../spec/derive.ts";
import { inFlightPerReplica } from "../../targets/local/deploy.ts";
import type { Given } from "../command.ts";
import { exerciseNamed, exercisesOf } from "../exercises.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { type Expectation, parseExpectation } from "./expectation.ts";

/** A load test of the spec, as the command line takes it. */
export type SpokenLoad = {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly service?: string;
  readonly asserts: readonly Expectation[];
  /** What it asserts and nothing here can tell. */
  readonly notAsserted: readonly string[];
};

const kinds = ["load test"] as const;
const example = 'with: [loadTest("load", { of: api, requestsPerSecond: 100, for: "15m" })]';

/** What the spec says of loads: how many requests a replica is for, and the load test that is meant. */
export async function spokenOf(
  given: Given,
  key: string,
): Promise<{ readonly scales: Readonly<Record<string, number>>; readonly exercise?: SpokenLoad }> {
  const { args, options } = given;
  const environment = chooseEnvironment(await readSoundSpec(given), key.split(".", 1)[0] ?? "", switchesOf(given));
  const scales = Object.fromEntries(
    Object.entries(environment.services).map(([name, { scale }]) => [name, scale?.on?.requests ?? inFlightPerReplica]),
  );
  const tests = exercisesOf(environment, kinds);
  const named = args[1];
  const saysItself = options["rps"] !== undefined || options["ramp"] !== undefined;
  if (named === undefined && (saysItself || tests.length !== 1)) return { scales };
  const found = named === undefined ? tests[0] : exerciseNamed(environment, { name: named, kinds, what: "load test", example });
  if (found === undefined) return { scales };
  const service = refName(found.of, "services");
  const asserts = found.asserts ?? [];
  return {
    scales,
    exercise: {
      name: found.name,
      options: { ...(saysItself ? {} : { rps: String(found.requestsPerSecond) }), for: found.for },
      ...(service !== undefined && { service }),
      asserts: [
        ...(asserts.includes("autoscaling") && service !== undefined ? [parseExpectation(`scaling(${service})`)] : []),
        ...(asserts.includes("alerts") ? [parseExpectation("alerts are quiet")] : []),
      ],
      notAsserted: asserts.filter((one) => one === "cost" || (one === "autoscaling" && service === undefined)),
    },
  };
}
