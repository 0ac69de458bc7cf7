import { useMemo } from "react";
import { useEnvironments, useReleases } from "../live/asked.ts";
import { nextTheme } from "../live/theme.ts";
import { go, linkTo } from "../router.ts";
import { verbsOf } from "../rollout/verbs.ts";
import type { Choice } from "./palette.tsx";
import { pages } from "./pages.ts";

/** Everything that the palette leads to. */
export function useChoices(open: boolean): readonly Choice[] {
  const environments = useEnvironments().value;
  const releases = useReleases().value;
  return useMemo(() => {
    if (!open) return [];
    const services = new Set((environments ?? []).flatMap((one) => one.services.map(({ service }) => service)));
    const goTo = (title: string, kind: string, link: string): Choice => ({ title, kind, run: () => go(link) });
    return [
      ...(environments ?? []).map(({ environment }) => goTo(environment, "environment", linkTo("environment", { environment }))),
      ...[...services].map((service) => goTo(service, "service", linkTo("service", { service }))),
      ...(releases ?? [])
        .filter(({ endedAtMs }) => endedAtMs === undefined)
        .flatMap(({ id, environment, title, phase }) =>
          verbsOf(phase).map((verb) =>
            goTo(`${verb} ${title}`, `verb in ${environment}`, linkTo("release", { environment, id }, { do: verb })),
          ),
        ),
      ...pages.map(({ title, link }) => goTo(title, "page", link)),
      ...(releases ?? []).map(({ id, title, environment, phase }) =>
        goTo(`${title} (${id})`, `release, ${phase}`, linkTo("release", { environment, id })),
      ),
      { title: "Change colours", kind: "theme", run: nextTheme },
    ];
  }, [open, environments, releases]);
}
