// The frame of the page: name, sections, theme, troubles, and the view that the address names.
import { html, nothing, type TemplateResult } from 'lit-html';
import { type App, addressOf, type View } from './app.ts';
import { adapterBadge } from './parts/environment.ts';
import { inPageWords } from './parts/problem_words.ts';
import { currentTheme, nextTheme, setTheme } from './theme.ts';
import { shareDone } from './store.ts';

const THEME_WORDS = { system: 'Auto', light: 'Light', dark: 'Dark' } as const;

function themeButton(app: App): TemplateResult {
  const theme = currentTheme();
  return html`
    <button
      type="button"
      class="quiet theme"
      aria-label=${`Colours: ${THEME_WORDS[theme]}; change`}
      @click=${() => {
        setTheme(nextTheme(theme));
        app.say(`Colours: ${THEME_WORDS[currentTheme()]}`);
        app.update();
      }}
    >
      ${THEME_WORDS[theme]}
    </button>
  `;
}

const troubleBox = (app: App): TemplateResult | typeof nothing =>
  app.trouble
    ? html`<div class="trouble" role="alert">
        <p>
          ${app.trouble.user ? nothing : html`<b>Something failed.</b> `}${inPageWords(app.trouble.message, null)}
        </p>
        <button type="button" class="quiet" @click=${app.dismiss}>Dismiss</button>
      </div>`
    : nothing;

/** A run that works while one looks at something else. */
function runningLink(app: App): TemplateResult | typeof nothing {
  const running = [...app.state.runs.values()].find(({ state }) => state === 'running');
  if (!running) return nothing;
  const share = shareDone(app.state, running);
  return html`<a class="badge state-running" href=${addressOf({ view: 'runs', run: running.id })}
    >Running, ${Math.round(100 * share)} %</a
  >`;
}

export function shell(app: App, views: readonly View[]): TemplateResult {
  const { place } = app;
  const view = views.find(({ name }) => name === place.view) ?? views[0]!;
  return html`
    <a
      class="skip"
      href="#main"
      @click=${(event: Event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}
      >Skip to the content</a
    >
    <header class="top">
      <a class="brand" href="#/search" aria-label="NAT, start">NAT</a>
      <nav aria-label="Sections">
        <ul>
          ${views.map(
            ({ name, title }) =>
              html`<li>
                <a href=${addressOf({ view: name })} aria-current=${name === view.name ? 'page' : nothing}
                  >${title}</a
                >
              </li>`,
          )}
        </ul>
      </nav>
      <div class="top-end">
        ${runningLink(app)} ${adapterBadge(app.state.environment)} ${themeButton(app)}
      </div>
    </header>
    ${troubleBox(app)}
    <main id="main" tabindex="-1">${view.render(place)}</main>
    <footer>
      <p>Everything stays in this browser. <a href="#/about">What this is</a></p>
    </footer>
  `;
}
