// One run while it works and after: how far it is, its curves, what the policy says of the cell on screen, and in the end
// what it came to.
import { html, nothing, type TemplateResult } from 'lit-html';
import { genotypeToJson } from '../../../arch/genotype_file.ts';
import { type Place, searchQuery, trainingQuery } from '../../address.ts';
import { commandLine } from '../../command_line.ts';
import type { EdgeProbabilities, RunRecord, Transformation } from '../../protocol.ts';
import { addressOf, type App } from '../app.ts';
import { shortDigest } from '../format.ts';
import { architectureTitle, genotypeOf } from '../parts/architecture_choice.ts';
import { createCellStage } from '../parts/cell_stage.ts';
import { chartOf, curveFigure, curvesOf } from '../parts/curves.ts';
import { createFileList } from '../parts/files.ts';
import { runActions, runError, runProgress, stateBadge } from '../parts/run_state.ts';
import { copyBox } from '../parts/take_away.ts';
import { Tendency, TENDENCY } from '../parts/tendency.ts';
import { term } from '../parts/term.ts';
import { transformationTable } from '../parts/transformation_table.ts';
import { createClassifier } from '../parts/classifier.ts';
import { shareDone } from '../store.ts';

/** Milliseconds between two questions to a policy that is being trained. */
const EVERY = 2500;

export function createWatch(app: App): (place: Place) => TemplateResult {
  const stage = createCellStage(app);
  const files = createFileList(app);
  const classifier = createClassifier(app);
  const derived = new Map<string, Transformation | null>();
  const probabilities = new Map<string, EdgeProbabilities>();
  const tendencies = new Map<string, Tendency>();
  let asking = false;

  function tendencyOf(run: string): Tendency {
    const known = tendencies.get(run) ?? new Tendency();
    tendencies.set(run, known);
    return known;
  }

  /** Asks the policy of the run on screen, while it is being trained. */
  async function ask(): Promise<void> {
    const record = app.state.runs.get(app.place.run);
    if (asking || document.hidden || app.place.view !== 'runs' || !record) return;
    if (record.request.kind !== 'search' || record.state !== 'running') return;
    asking = true;
    try {
      const genotype = genotypeToJson(genotypeOf(record.request.arch));
      const found = await app.client.call('probabilities', { run: record.id, genotype });
      probabilities.set(record.id, found);
      const share = shareDone(app.state, record);
      tendencyOf(record.id).note(share, found);
      app.update();
    } catch {
      // before the first step there is no policy to ask
    } finally {
      asking = false;
    }
  }
  setInterval(() => void ask(), EVERY);

  function result(record: RunRecord): Transformation | null {
    if (record.state !== 'done' || record.request.kind !== 'search') return null;
    if (!derived.has(record.id)) {
      derived.set(record.id, null);
      app.client.call('derived', { run: record.id }).then((found) => {
        derived.set(record.id, found);
        app.update();
      }, app.fail);
    }
    return derived.get(record.id) ?? null;
  }

  function search(record: RunRecord): TemplateResult {
    const found = result(record);
    const before = genotypeOf(found?.input ?? record.request.arch);
    const after = found ? genotypeOf(found.output) : null;
    const live = found?.probabilities ?? probabilities.get(record.id) ?? null;
    if (!live) void ask();
    return html`
      ${
        found
          ? html`<section class="card" aria-labelledby="result">
              <h2 id="result">What became of ${architectureTitle(record.request.arch)}</h2>
              ${transformationTable(found)}
            </section>`
          : nothing
      }
      <section class="card" aria-labelledby="cell">
        <h2 id="cell">
          ${found ? 'Before and after' : `What the policy thinks of ${architectureTitle(record.request.arch)}`}
        </h2>
        ${stage({
          before,
          after,
          probabilities: live,
          name: architectureTitle(record.request.arch),
          between: found
            ? null
            : [
                curveFigure(app, TENDENCY.title, TENDENCY, tendencyOf(record.id).chart, record.name),
                ...figures(record, 'policy'),
              ],
        })}
      </section>
    `;
  }

  /** The curves of one phase, or of all. */
  function figures(record: RunRecord, phase: string | null): TemplateResult[] {
    void app.store.follow(record.id);
    const rows = app.state.metrics.get(record.id) ?? NONE;
    return curvesOf(record.request.kind)
      .filter((kind) => phase === null || kind.phase === phase)
      .map((kind) => curveFigure(app, kind.title, kind, chartOf(rows, kind), record.name));
  }

  /** Those that do not stand beside the cells. */
  function charts(record: RunRecord): TemplateResult {
    const beside = record.request.kind === 'search' && !result(record);
    return html`
      <section class="card" aria-labelledby="curves">
        <h2 id="curves">${beside ? 'The shared network' : 'Curves'}</h2>
        <div class="curves">${figures(record, beside ? 'weights' : null)}</div>
      </section>
    `;
  }

  function page(record: RunRecord, expected: string): TemplateResult {
    const { request, state } = record;
    const notes = app.state.notes.get(record.id) ?? [];
    return html`
      <header class="view-head">
        <div>
          <p class="crumb"><a href="#/runs">Runs</a></p>
          <h1>${record.name} ${stateBadge(record)}</h1>
        </div>
        <div class="actions-row">${runActions(app, record)}</div>
      </header>
      ${runError(record)}
      ${state === 'done' ? nothing : html`<section class="card" aria-label="Progress">${runProgress(record, app.state.status.get(record.id))}</section>`}
      ${request.kind === 'search' ? search(record) : nothing}
      ${request.kind === 'train' && state === 'done' ? classifier(record) : nothing} ${charts(record)}
      <div class="columns">
        <section class="card" aria-labelledby="same">
          <h2 id="same">The same again</h2>
          ${digestLine(record, expected)} ${copyBox(app, 'Link to a run with these settings', linkOf(record))}
          <h3>In Node</h3>
          ${copyBox(app, 'Command line', commandLine(request, 'runs/mine'))}
        </section>
        ${files(record)}
      </div>
      ${
        notes.length > 0
          ? html`<details class="card">
              <summary>Notes</summary>
              <ul class="notes">
                ${notes.map((note) => html`<li>${note}</li>`)}
              </ul>
            </details>`
          : nothing
      }
    `;
  }

  return ({ run, query }) => {
    const record = app.state.runs.get(run);
    if (record) return page(record, query.digest ?? '');
    return html`
      <h1>Runs</h1>
      <div class="empty">
        <p>
          ${app.state.runsKnown ? 'This run is not in this browser: runs stay where they were made.' : 'Looking for the run …'}
        </p>
        <a class="button" href="#/runs">All runs</a>
      </div>
    `;
  };
}

const NONE: readonly never[] = [];

/** The address that starts the same run, with what it came to. */
function linkOf({ request, digest }: RunRecord): string {
  const query =
    request.kind === 'search' ? searchQuery(request, digest ?? '') : trainingQuery(request, digest ?? '');
  return new URL(addressOf({ view: request.kind, query }), location.href).href;
}

function digestLine({ digest, adapter }: RunRecord, expected: string): TemplateResult {
  if (!digest)
    return html`<p class="hint">
      When it is done, a ${term('digest', 'digest')} says whether two runs are the same to the last bit.
    </p>`;
  const verdict =
    expected === ''
      ? nothing
      : digest === expected
        ? html`<p class="verdict good">The same bits as the run that the link was made from.</p>`
        : html`<p class="verdict bad">
            Not the same bits as the run that the link was made from (${shortDigest(expected)}). Other
            adapters and other versions of the page may differ in the last bits, and a run follows its bits.
          </p>`;
  return html`
    ${verdict}
    <dl class="pairs">
      <div>
        <dt>${term('digest', 'Digest')}</dt>
        <dd><code class="break">${digest}</code></dd>
      </div>
      <div>
        <dt>${term('adapter', 'Adapter')}</dt>
        <dd>${adapter ?? 'not known'}</dd>
      </div>
    </dl>
  `;
}
