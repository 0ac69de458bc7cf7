import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useProducts } from "./live/asked.ts";
import { useCell } from "./live/cell.ts";
import { connection } from "./live/connection.ts";
import { chooseProduct, useProduct } from "./live/product.ts";
import { stayConnected } from "./live/stay-connected.ts";
import { nextTheme, theme } from "./live/theme.ts";
import { OverviewPage } from "./overview/overview-page.tsx";
import { go, type Route, useRoute } from "./router.ts";
import { ConnectionBar, ConnectionState } from "./shell/connection-bar.tsx";
import { KeyList } from "./shell/key-list.tsx";
import { type Key, useKeys } from "./shell/keys.ts";
import { pages } from "./shell/pages.ts";
import { Palette } from "./shell/palette.tsx";
import { useArrival } from "./shell/use-arrival.ts";
import { useChoices } from "./shell/use-choices.ts";
import { Tab } from "./shell/tab.ts";
import { WhoIsHere } from "./shell/who-is-here.tsx";
import { Fence } from "./ui/fence.tsx";
import { Looking, Note } from "./ui/note.tsx";

const EnvironmentPage = lazy(async () => ({ default: (await import("./pages/environment-page.tsx")).EnvironmentPage }));
const ServicePage = lazy(async () => ({ default: (await import("./pages/service-page.tsx")).ServicePage }));
const ReleasesPage = lazy(async () => ({ default: (await import("./rollout/releases-page.tsx")).ReleasesPage }));
const ReleasePage = lazy(async () => ({ default: (await import("./rollout/release-page.tsx")).ReleasePage }));
const EventsPage = lazy(async () => ({ default: (await import("./pages/events-page.tsx")).EventsPage }));
const AlertsPage = lazy(async () => ({ default: (await import("./pages/alerts-page.tsx")).AlertsPage }));
const LogsPage = lazy(async () => ({ default: (await import("./pages/logs-page.tsx")).LogsPage }));
const PreviewsPage = lazy(async () => ({ default: (await import("./pages/previews-page.tsx")).PreviewsPage }));
const RehearsalsPage = lazy(async () => ({ default: (await import("./rehearse/rehearsals-page.tsx")).RehearsalsPage }));
const RehearsalPage = lazy(async () => ({ default: (await import("./rehearse/rehearsal-page.tsx")).RehearsalPage }));
const SpecPage = lazy(async () => ({ default: (await import("./pages/spec-page.tsx")).SpecPage }));

export function App() {
  const route = useRoute();
  const product = useProduct();
  const products = useProducts();
  const chosenTheme = useCell(theme);
  const state = useCell(connection).state;
  const [open, setOpen] = useState<"palette" | "keys" | undefined>();
  const choices = useChoices(open === "palette");

  useEffect(() => stayConnected("/v1/events/stream"), []);
  useEffect(() => {
    const names = products.value?.map((one) => one.product) ?? [];
    if (names[0] !== undefined && !names.includes(product)) chooseProduct(names[0]);
  }, [products.value, product]);

  const keys = useMemo<readonly Key[]>(
    () => [
      { keys: "Ctrl K", does: "go to, or do (⌘ K on a Mac)", run: () => setOpen("palette") },
      { keys: "?", does: "these keys", run: () => setOpen("keys") },
      ...pages.map(({ key, title, link }) => ({ keys: `g ${key}`, does: title, run: () => go(link) })),
      { keys: "t", does: "dark, light or as the system", run: nextTheme },
    ],
    [],
  );
  useKeys(keys);
  useArrival(route);

  return (
    <div className={`shell ${state === "lost" || state === "out" ? "stale" : ""}`}>
      <Tab route={route} product={product} />
      <a className="skip" href="#main" onClick={(event) => skipTo(event)}>
        To what is shown
      </a>
      <header className="top">
        <a className="brand" href={pages[0].link}>
          Gantry
        </a>
        <ProductChoice names={products.value?.map((one) => one.product) ?? []} chosen={product} />
        <ConnectionState />
        <span className="grow" />
        <WhoIsHere />
        <button type="button" className="plain" onClick={() => setOpen("palette")}>
          Go to … <kbd>Ctrl K</kbd>
        </button>
        <button type="button" className="plain" onClick={nextTheme} aria-label={`Colours: ${chosenTheme}. Change`}>
          <span aria-hidden="true">{chosenTheme === "dark" ? "☾" : chosenTheme === "light" ? "☼" : "◑"}</span>
        </button>
      </header>
      <nav aria-label="Pages">
        {pages.map(({ title, link, of }) => (
          <a key={title} href={link} aria-current={(of as readonly string[]).includes(route.page) ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <ConnectionBar />
      <main id="main" tabIndex={-1}>
        <Fence key={route.page} what="this page">
          <Suspense fallback={<Looking />}>
            <Page route={route} />
          </Suspense>
        </Fence>
      </main>
      {open === "palette" && <Palette choices={choices} onClose={() => setOpen(undefined)} />}
      {open === "keys" && <KeyList keys={keys} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function Page({ route }: { readonly route: Route }) {
  const { params } = route;
  switch (route.page) {
    case "overview":
      return <OverviewPage />;
    case "environment":
      return <EnvironmentPage environment={params["environment"] ?? ""} />;
    case "service":
      return <ServicePage service={params["service"] ?? ""} />;
    case "releases":
      return <ReleasesPage />;
    case "release":
      return <ReleasePage environment={params["environment"] ?? ""} id={params["id"] ?? ""} />;
    case "events":
      return <EventsPage />;
    case "alerts":
      return <AlertsPage />;
    case "logs":
      return <LogsPage />;
    case "previews":
      return <PreviewsPage />;
    case "rehearsals":
      return <RehearsalsPage />;
    case "rehearsal":
      return <RehearsalPage environment={params["environment"] ?? ""} id={params["id"] ?? ""} />;
    case "spec":
      return <SpecPage />;
    default:
      return <Note>There is no such page. The navigation leads to all there are.</Note>;
  }
}

function ProductChoice({ names, chosen }: { readonly names: readonly string[]; readonly chosen: string }) {
  if (names.length < 2) return <span className="product">{chosen}</span>;
  return (
    <select aria-label="Product" value={chosen} onChange={(event) => chooseProduct(event.target.value)}>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

/** The part behind `#` is where one is: a link of this page cannot use it. */
function skipTo(event: React.MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}
