import { linkTo } from "../router.ts";

/** What the navigation shows, in its order. */
export const pages = [
  { title: "Overview", key: "o", link: linkTo("overview", {}), of: ["overview", "environment", "service"] },
  { title: "Releases", key: "r", link: linkTo("releases", {}), of: ["releases", "release"] },
  { title: "Events", key: "e", link: linkTo("events", {}), of: ["events"] },
  { title: "Alerts", key: "a", link: linkTo("alerts", {}), of: ["alerts"] },
  { title: "Logs", key: "l", link: linkTo("logs", {}), of: ["logs"] },
  { title: "Previews", key: "p", link: linkTo("previews", {}), of: ["previews"] },
  { title: "Rehearsals", key: "h", link: linkTo("rehearsals", {}), of: ["rehearsals", "rehearsal"] },
  { title: "Spec", key: "s", link: linkTo("spec", {}), of: ["spec"] },
] as const;
