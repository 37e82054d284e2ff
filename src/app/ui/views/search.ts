// The search: what it does, one button, and behind it every setting.
import { html, nothing, type TemplateResult } from 'lit-html';
import { parseSearch, searchQuery, searchSettingsOf } from '../../address.ts';
import { commandFile, commandLine } from '../../command_line.ts';
import type { RunRequest, SearchRequest } from '../../protocol.ts';
import { ENDS, PRESET_NAMES, PRESETS, SEARCH_SETTINGS, type SearchConfig } from '../../../search/config.ts';
import { addressOf, type App, isRunnable, type View } from '../app.ts';
import { architectureChoice, architectureTitle } from '../parts/architecture_choice.ts';
import { createDatasetChoice } from '../parts/datasets.ts';
import { environmentTable, withoutAdapter } from '../parts/environment.ts';
import { createEstimates, estimateCard } from '../parts/estimate.ts';
import { createRequestDraft } from '../parts/request_draft.ts';
import { settingsForm } from '../parts/settings_form.ts';
import { copyBox, saveButton } from '../parts/take_away.ts';
import { term } from '../parts/term.ts';
import { shortDigest } from '../format.ts';
import { SEARCH_GROUPS, SEARCH_WORDS } from '../words/search_words.ts';

const PRESET_WORDS = {
  quick: {
    title: 'Quick',
    text: '1,000 photographs, a small network: a look at how it works, for any machine.',
  },
  paper: {
    title: 'Paper',
    text: 'As published: CIFAR-10, 100 epochs. For a good GPU and a day of patience.',
  },
} as const;

const CHOICES = { transitions: ['nat', 'nat++'] };

/** What begins somewhere and may end elsewhere. */
const BEGINNINGS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ENDS).map(([begin, end]) => [end, begin]),
);

export function createSearchView(app: App): View {
  const draft = createRequestDraft(app, (name) => Object.hasOwn(SEARCH_SETTINGS, name));
  const datasets = createDatasetChoice(app);
  const estimates = createEstimates(app, draft.refuse);

  function show(request: SearchRequest, digest = ''): void {
    app.go({ view: 'search', query: searchQuery(request, digest) }, true);
    estimates.ask(request);
  }

  function withValue(request: SearchRequest, name: string, value: unknown): SearchRequest {
    const { [name as keyof SearchConfig]: _, ...others } = request.settings;
    const usual = (PRESETS[request.preset] as unknown as Record<string, unknown>)[name];
    const begin = BEGINNINGS[name];
    const moved = begin !== undefined && begin in others;
    const settings =
      value === undefined || (value === usual && !moved) ? others : { ...others, [name]: value };
    return { ...request, settings };
  }

  function change(request: SearchRequest, name: string, value: unknown): void {
    draft.drafts.delete(name);
    draft.problems.clear();
    show(withValue(request, name, value));
  }

  const start = (request: SearchRequest, digest: string): Promise<void> =>
    draft.start(
      request,
      `${architectureTitle(request.arch)}, ${request.preset}`,
      'The search has started',
      digest ? { digest } : {},
    );

  function render(query: Readonly<Record<string, string>>): TemplateResult {
    const { request, problems: ofLink, digest } = parseSearch(query);
    const values = searchSettingsOf(request);
    const { environment } = app.state;
    const problems = draft.allProblems(ofLink);
    const unknown = ofLink.filter(
      ({ setting }) => !Object.hasOwn(SEARCH_SETTINGS, setting) && setting !== 'arch',
    );
    const runnable = isRunnable(app.state);
    estimates.first(request);
    return html`
      <div class="with-aside">
        <div class="stack">
          <header class="hero">
            <h1>Watch a policy learn which parts of a network it can do without</h1>
            <p class="lead">
              A neural network is trained in this tab, on your GPU. At the same time a
              ${term('policy', 'policy')} looks at its building blocks, called ${term('cell', 'cells')}, and
              learns which operations to keep, which to replace by a ${term('skip', 'skip connection')} and
              which to remove, so that the network becomes cheaper and no worse.
            </p>
            <div class="actions-row">
              <button
                type="button"
                class="primary"
                ?disabled=${draft.starting || !runnable}
                @click=${() => start(request, digest)}
              >
                ${draft.starting ? 'Starting …' : 'Start the search'}
              </button>
              <a class="button" href=${addressOf({ view: 'cells' })}>Look at cells first</a>
            </div>
            ${
              digest
                ? html`<p class="hint">
                    This link comes with a ${term('digest', 'digest')}, <code>${shortDigest(digest)}</code>.
                    When the run is done, the page says whether yours is the same to the last bit.
                  </p>`
                : nothing
            }
            ${unknown.map(({ message }) => html`<p class="problem" role="alert">${message}</p>`)}
          </header>
          ${withoutAdapter(environment)}
          <section class="card" aria-labelledby="what">
            <h2 id="what">What is searched</h2>
            <fieldset class="choice two">
              <legend>${term('preset', 'Preset')}</legend>
              ${PRESET_NAMES.map(
                (name) => html`
                  <label class="option ${name === request.preset ? 'chosen' : ''}">
                    <input
                      type="radio"
                      name="preset"
                      value=${name}
                      .checked=${name === request.preset}
                      @change=${() => {
                        draft.clear();
                        show({ ...request, preset: name, settings: {} });
                      }}
                    />
                    <span
                      ><b>${PRESET_WORDS[name].title}</b>
                      <span class="hint">${PRESET_WORDS[name].text}</span></span
                    >
                  </label>
                `,
              )}
            </fieldset>
            ${architectureChoice({
              id: 'search-arch',
              arch: request.arch,
              problem: problems.get('arch') ?? null,
              choose: (arch) => {
                draft.problems.clear();
                show({ ...request, arch });
              },
              refuse: draft.refuseArchitecture,
            })}
            <p class="hint">Transformed at the end, with what the policy has learned.</p>
            ${datasets.render(values.data, (name) => change(request, 'data', name))}
          </section>
          <section class="card" aria-labelledby="settings">
            <div class="card-head">
              <h2 id="settings">Settings</h2>
              <button
                type="button"
                class="quiet"
                ?hidden=${Object.keys(request.settings).length === 0 && draft.drafts.size === 0}
                @click=${() => {
                  draft.clear();
                  show({ ...request, settings: {} });
                }}
              >
                Reset all
              </button>
            </div>
            ${settingsForm({
              table: SEARCH_SETTINGS,
              words: SEARCH_WORDS,
              groups: SEARCH_GROUPS,
              values: values as unknown as Record<string, unknown>,
              usual: PRESETS[request.preset] as unknown as Record<string, unknown>,
              problems,
              drafts: draft.drafts,
              choices: CHOICES,
              set: (name, value) => change(request, name, value),
              refuse: draft.mistyped,
              reset: (name) =>
                change(request, name, (PRESETS[request.preset] as unknown as Record<string, unknown>)[name]),
            })}
          </section>
        </div>
        <aside class="stack" aria-label="About this search">
          ${estimateCard(estimates, runnable, () => estimates.measure(request))}
          <section class="card" aria-labelledby="here">
            <h2 id="here">This browser</h2>
            ${environmentTable(environment)}
          </section>
          <section class="card" aria-labelledby="elsewhere">
            <h2 id="elsewhere">The same in Node</h2>
            ${copyBox(app, 'Command line', commandLine(request, 'runs/mine'))} ${otherFile(app, request)}
            <h3>The same on another computer</h3>
            ${copyBox(app, 'Link to this search', location.href)}
          </section>
        </aside>
      </div>
    `;
  }

  return { name: 'search', title: 'Search', render: ({ query }) => render(query) };
}

const otherFile = (app: App, request: RunRequest): TemplateResult | typeof nothing => {
  const file = commandFile(request);
  return file ? saveButton(app, `Save ${file.name}`, file.name, () => file.text) : nothing;
};
