import { count, printable } from "../lib/text.ts";
import type { AlertView, NoticeView, SilenceView } from "../wire/signals.ts";
import { numberText, valueText } from "./sparkline.ts";
import type { Colours } from "./terminal.ts";

const order = ["firing", "unknown", "pending", "inactive"] as const;

/** What fires first, then what cannot be told, then what may come; the quiet ones are counted. */
export function alertsText(alerts: readonly AlertView[], all: boolean, colours: Colours): string {
  const { dim, bold } = colours;
  if (alerts.length === 0) return "no alert is written in the spec\n";
  const environments = [...new Set(alerts.map((one) => one.environment))];
  const parts = environments.map((environment) => {
    const ours = alerts.filter((one) => one.environment === environment);
    const shown = order.flatMap((state) => (state === "inactive" && !all ? [] : ours.filter((one) => one.state === state)));
    const quiet = ours.filter((one) => one.state === "inactive").length;
    const width = Math.max(0, ...shown.map((one) => one.name.length));
    return [
      bold(environment),
      ...shown.flatMap((one) => alertLines(one, width, colours)),
      ...(all || quiet === 0 ? [] : [dim(`  ${count(quiet, "alert")} quiet`)]),
    ].join("\n");
  });
  return `${parts.join("\n\n")}\n`;
}

function alertLines(alert: AlertView, width: number, colours: Colours): readonly string[] {
  const { dim, red, yellow, green } = colours;
  const colour = { firing: red, pending: yellow, unknown: yellow, inactive: green }[alert.state];
  const waits = alert.forMs > 0 ? [dim(`for ${valueText(alert.forMs / 1_000, "seconds")}`)] : [];
  return [
    [
      `  ${colour(alert.state.padEnd(8))}`,
      alert.name.padEnd(width),
      dim(alert.severity),
      ...waits,
      dim(`→ ${alert.to.join(", ")}`),
    ].join("  "),
    ...(alert.problem === undefined ? [] : [`            ${yellow(printable(alert.problem))}`]),
    ...alert.instances.map((one) => {
      const labels = Object.entries(one.labels).map(([name, value]) => `${name}=${printable(value)}`);
      const marks = [
        ...(one.silencedBy === undefined ? [] : [`silenced: ${one.silencedBy}`]),
        ...(one.inhibitedBy === undefined ? [] : [`held back by ${one.inhibitedBy}`]),
        ...(one.acknowledgedBy === undefined ? [] : [`acknowledged by ${one.acknowledgedBy}`]),
      ];
      const parts = [
        one.fingerprint.slice(0, 8),
        one.state,
        numberText(one.value),
        `since ${clock(one.since)}`,
        ...labels,
        ...marks,
      ];
      return dim(`            ${parts.join("  ")}`);
    }),
  ];
}

export function noticesText(notices: readonly NoticeView[], { dim, green, red, yellow }: Colours): string {
  if (notices.length === 0) return "nobody was told anything yet\n";
  const colour = { sent: green, waiting: yellow, failed: red, kept: dim };
  const width = Math.max(...notices.map((one) => one.channel.length));
  return notices
    .map((one) => {
      const tried = one.state === "waiting" && one.attempts > 0 ? dim(` after ${count(one.attempts, "attempt")}`) : "";
      const why = one.problem === undefined ? "" : dim(`  ${printable(one.problem)}`);
      return `${dim(clock(one.createdAt))}  ${colour[one.state](one.state.padEnd(7))}  ${one.channel.padEnd(width)}  ${printable(one.title)} ${dim(one.environment)}${tried}${why}\n`;
    })
    .join("");
}

export function silencesText(silences: readonly SilenceView[], { dim, bold }: Colours): string {
  if (silences.length === 0) return "nothing is silenced\n";
  return silences
    .map((one) => {
      const state = one.active ? bold("silent") : dim("waits ");
      return `${one.id.slice(0, 8)}  ${state}  ${one.environment}  ${one.matchers.map(printable).join(", ")}  ${one.when}  ${dim(`${printable(one.reason)} (${printable(one.author)})`)}\n`;
    })
    .join("");
}

function clock(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`;
}
