// A browser started in a POSIX locale says that its language is 'en-US@posix', which is no language tag: formatting numbers
// by it throws, and uPlot does so when it is loaded. To be imported before anything else.

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
