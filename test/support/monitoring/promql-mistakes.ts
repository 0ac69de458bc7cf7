import { parser } from "@prometheus-io/lezer-promql";

/** How many mistakes the grammar of Prometheus 3 finds, which reads the names of clouds too: with colons, dots and UTF-8. */
export function mistakes(expr: string): number {
  let count = 0;
  parser.parse(expr).iterate({
    enter: ({ type }) => {
      if (type.isError) count++;
    },
  });
  return count;
}
