export type Theme = "system" | "light" | "dark";

const STORED = "podium.theme";

/** The theme that was chosen in this browser. */
export function chosenTheme(): Theme {
  const theme = localStorage.getItem(STORED);
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Shows the page in a theme from now on. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(STORED);
    delete document.documentElement.dataset.theme;
    return;
  }
  localStorage.setItem(STORED, theme);
  document.documentElement.dataset.theme = theme;
}
