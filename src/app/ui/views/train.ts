// Training from scratch: ResNet-20, a cell of the collection, or one that was found or edited here.
import { html, nothing, type TemplateResult } from 'lit-html';
import { networkNames, requireBlueprint } from '../../../networks/registry.ts';
import { DEFAULTS, TRAIN_SETTINGS, type TrainConfig, type TrainDefaults } from '../../../train/config.ts';
import { parseTraining, trainingQuery } from '../../address.ts';
import { commandFile, commandLine } from '../../command_line.ts';
import type { TrainRequest } from '../../protocol.ts';
import { addressOf, type App, isRunnable, type View } from '../app.ts';
import { architectureChoice, architectureTitle } from '../parts/architecture_choice.ts';
import { createDatasetChoice } from '../parts/datasets.ts';
import { withoutAdapter } from '../parts/environment.ts';
import { createEstimates, estimateCard } from '../parts/estimate.ts';
import { createRequestDraft } from '../parts/request_draft.ts';
import { stateBadge } from '../parts/run_state.ts';
import { settingsForm } from '../parts/settings_form.ts';
import { copyBox, saveButton } from '../parts/take_away.ts';
import { TRAIN_GROUPS, TRAIN_WORDS } from '../words/train_words.ts';

/** Small enough to see something within minutes on any machine. */
const QUICK: Partial<TrainConfig> = { epochs: 10, batch: 50, channels: 8, layers: 5, logEvery: 5 };
const QUICK_NETWORK: Partial<TrainConfig> = { epochs: 10, batch: 50, logEvery: 5 };

/** The usual settings of the kind of network that an architecture is. */
function usualOf({ arch }: TrainRequest): TrainDefaults {
  const { cells, networks } = DEFAULTS.cifar10;
  if (typeof arch !== 'string') return cells;
  try {
    return requireBlueprint(arch, 'cifar10').network === null ? cells : networks;
  } catch {
    return cells;
  }
}

const quickOf = (request: TrainRequest): Partial<TrainConfig> =>
  usualOf(request) === DEFAULTS.cifar10.cells ? QUICK : QUICK_NETWORK;

export function createTrainView(app: App): View {
  const draft = createRequestDraft(app, (name) => Object.hasOwn(TRAIN_SETTINGS, name) || name === 'arch');
  const datasets = createDatasetChoice(app);
  const estimates = createEstimates(app, draft.refuse);

  function show(request: TrainRequest): void {
    app.go({ view: 'train', query: trainingQuery(request) }, true);
    estimates.ask(request);
  }

  function change(request: TrainRequest, name: string, value: unknown): void {
    draft.drafts.delete(name);
    draft.problems.clear();
    const { [name as keyof TrainConfig]: _, ...others } = request.settings;
    show({ ...request, settings: value === undefined ? others : { ...others, [name]: value } });
  }

  const start = (request: TrainRequest): Promise<void> =>
    draft.start(request, `${architectureTitle(request.arch)}, training`, 'The training has started');

  function trained(): TemplateResult | typeof nothing {
    const runs = [...app.state.runs.values()].filter(({ request }) => request.kind === 'train');
    if (runs.length === 0) return nothing;
    return html`
      <section class="card" aria-labelledby="trained">
        <h2 id="trained">Trained here</h2>
        <ul class="files">
          ${runs.map(
            (record) =>
              html`<li>
                <a href=${addressOf({ view: 'runs', run: record.id })}>${record.name}</a>
                ${stateBadge(record)}
              </li>`,
          )}
        </ul>
        <p class="hint">
          A finished one shows what it takes for what, and says what it sees in a drawing of yours.
        </p>
      </section>
    `;
  }

  function render(query: Readonly<Record<string, string>>): TemplateResult {
    const { request: asked, problems: ofLink } = parseTraining(query);
    const bare = Object.keys(query).filter((name) => name !== 'arch').length === 0;
    const request = bare ? { ...asked, settings: quickOf(asked) } : asked;
    const usual = { ...usualOf(request), data: 'sample' };
    const values: Record<string, unknown> = { ...usual, ...request.settings };
    const problems = draft.allProblems(ofLink);
    const runnable = isRunnable(app.state);
    estimates.first(request);
    const file = commandFile(request);
    return html`
      <div class="with-aside">
        <div class="stack">
          <header class="hero">
            <h1>Train your own</h1>
            <p class="lead">
              A network from scratch, in this tab: watch it learn, then draw something and ask it what it
              sees.
            </p>
            <div class="actions-row">
              <button
                type="button"
                class="primary"
                ?disabled=${draft.starting || !runnable}
                @click=${() => start(request)}
              >
                ${draft.starting ? 'Starting …' : 'Start training'}
              </button>
            </div>
          </header>
          ${withoutAdapter(app.state.environment)}
          <section class="card" aria-labelledby="what">
            <h2 id="what">What is trained</h2>
            ${architectureChoice({
              id: 'train-arch',
              arch: request.arch,
              others: networkNames('cifar10'),
              problem: problems.get('arch') ?? null,
              choose: (arch) => {
                draft.problems.clear();
                show({ ...request, arch, settings: quickOf({ ...request, arch }) });
              },
              refuse: draft.refuseArchitecture,
            })}
            ${datasets.render(String(values.data), (name) => change(request, 'data', name))}
          </section>
          <section class="card" aria-labelledby="settings">
            <div class="card-head">
              <h2 id="settings">Settings</h2>
              <div class="actions-row">
                <button
                  type="button"
                  class="quiet"
                  @click=${() => show({ ...request, settings: quickOf(request) })}
                >
                  Quick
                </button>
                <button
                  type="button"
                  class="quiet"
                  @click=${() => show({ ...request, settings: { epochs: usual.epochs } })}
                >
                  As published
                </button>
              </div>
            </div>
            <p class="hint">Fields show what differs from the published settings.</p>
            ${settingsForm({
              table: TRAIN_SETTINGS,
              words: TRAIN_WORDS,
              groups: TRAIN_GROUPS,
              values,
              usual: usual as unknown as Record<string, unknown>,
              problems,
              drafts: draft.drafts,
              set: (name, value) => change(request, name, value),
              refuse: draft.mistyped,
              reset: (name) => change(request, name, (usual as unknown as Record<string, unknown>)[name]),
            })}
          </section>
        </div>
        <aside class="stack" aria-label="About this training">
          ${estimateCard(estimates, runnable, () => estimates.measure(request))} ${trained()}
          <section class="card" aria-labelledby="elsewhere">
            <h2 id="elsewhere">The same in Node</h2>
            ${copyBox(app, 'Command line', commandLine(request, 'runs/mine'))}
            ${file ? saveButton(app, `Save ${file.name}`, file.name, () => file.text) : nothing}
          </section>
        </aside>
      </div>
    `;
  }

  return { name: 'train', title: 'Train', render: ({ query }) => render(query) };
}
