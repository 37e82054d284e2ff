// Dark or light: as the system has it, until the user chooses.

const THEMES = ['system', 'light', 'dark'] as const;

/** What colours the page has. */
export type Theme = (typeof THEMES)[number];

const KEY = 'nat-theme';

/** The chosen theme. */
export function currentTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Shows a theme, and keeps it for the next visit. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // a browser that keeps nothing shows the theme until it is closed
  }
  dispatchEvent(new Event('themechange'));
}

/** The theme after this one. */
export const nextTheme = (theme: Theme): Theme =>
  THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
