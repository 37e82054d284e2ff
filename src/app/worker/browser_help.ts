// How to come to WebGPU in each browser, by what it calls itself.

/** What is true of every browser of a kind. */
interface Browser {
  readonly name: string;
  readonly is: RegExp;
  help(system: System): string;
}

type System = 'windows' | 'mac' | 'linux' | 'android' | 'ios' | 'other';

const SYSTEMS: readonly (readonly [RegExp, System])[] = [
  [/Android/, 'android'],
  [/iPhone|iPad|iPod/, 'ios'],
  [/Windows/, 'windows'],
  [/Mac OS X|Macintosh/, 'mac'],
  [/Linux|X11|CrOS/, 'linux'],
];

const acceleration = (settings: string): string =>
  `switch on "Use graphics acceleration when available" in ${settings}, and start the browser again`;

/** Of Chromium's family, which differ in the names of their settings and flags. */
const chromium = (scheme: string, settings: string) => (system: System) =>
  system === 'linux'
    ? `${acceleration(settings)}; where there is still none, set ${scheme}://flags/#enable-unsafe-webgpu and ` +
      `${scheme}://flags/#enable-vulkan to Enabled; ${scheme}://gpu says what the browser found`
    : system === 'android'
      ? 'WebGPU needs version 121 or newer on Android 12 or newer, with a Qualcomm, ARM or Google GPU'
      : `${acceleration(settings)}, and bring the graphics driver up to date; ${scheme}://gpu says what the browser found`;

/** The first that fits: Edge and Opera also call themselves Chrome, Chrome also calls itself Safari. */
const BROWSERS: readonly Browser[] = [
  { name: 'Edge', is: /\bEdgA?\/(\d+)/, help: chromium('edge', 'Settings, System') },
  {
    name: 'Firefox',
    is: /\bFirefox\/(\d+)/,
    help: (system) =>
      system === 'windows'
        ? 'Firefox has WebGPU on Windows from version 141 on: bring it up to date'
        : system === 'mac'
          ? 'Firefox has WebGPU on Macs with Apple silicon from version 145 on: bring it up to date'
          : 'set dom.webgpu.enabled to true in about:config of a current Firefox (Nightly where that does not help), or use ' +
            'Chrome or Edge',
  },
  { name: 'Chrome', is: /\bChrom(?:e|ium)\/(\d+)/, help: chromium('chrome', 'Settings, System') },
  {
    name: 'Safari',
    is: /\bSafari\//,
    help: (system) =>
      system === 'ios'
        ? 'Safari has WebGPU from iOS 26 on; before, switch it on in Settings, Apps, Safari, Advanced, Feature Flags, WebGPU'
        : 'Safari has WebGPU from version 26 on; before, switch it on in Settings, Feature Flags, WebGPU (the Develop menu ' +
          'must be shown), or use Chrome',
  },
];

/**
 * One line for a user whose browser offers no WebGPU adapter.
 * @param secure whether the page came over HTTPS or from this machine, which WebGPU needs
 */
export function helpFor(userAgent: string, secure: boolean): string {
  if (!secure) {
    return 'this page came over plain HTTP from another machine, where browsers offer no WebGPU: use HTTPS, or serve it from this machine (localhost)';
  }
  const system = SYSTEMS.find(([is]) => is.test(userAgent))?.[1] ?? 'other';
  const browser = BROWSERS.find(({ is }) => is.test(userAgent));
  const what = `this ${browser ? browser.name : 'browser'} offers no WebGPU adapter`;
  return `${what}: ${browser ? browser.help(system) : 'use a current Chrome, Edge, Firefox or Safari'}`;
}
