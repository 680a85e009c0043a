// Loaded before anything is painted, and only when the theme follows the system: a module would come a moment too late.
document.documentElement.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
