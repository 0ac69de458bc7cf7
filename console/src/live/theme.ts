import { createCell } from "./cell.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const key = "gantry.theme";

/** A browser that keeps nothing has the system's. */
function kept(): Theme {
  try {
    const found = localStorage.getItem(key);
    return themes.find((one) => one === found) ?? "system";
  } catch {
    return "system";
  }
}

export const theme = createCell<Theme>(kept());

function show(): void {
  const chosen = theme.get();
  if (chosen === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = chosen;
}

show();
theme.subscribe(() => {
  show();
  try {
    localStorage.setItem(key, theme.get());
  } catch {
    // It holds for as long as the page is open.
  }
});

export function nextTheme(): void {
  theme.set(themes[(themes.indexOf(theme.get()) + 1) % themes.length] ?? "system");
}

const system = matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  return theme.get() === "dark" || (theme.get() === "system" && system.matches);
}

/** What is seen: what was chosen, or what the system has just changed to. A canvas has to be drawn anew. */
export const dark = createCell(isDark());
theme.subscribe(() => dark.set(isDark()));
system.addEventListener("change", () => dark.set(isDark()));
