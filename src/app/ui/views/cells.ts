// Cells: look at any, change it by clicking, see at once what it costs and whether NAT could have made the change, and
// let the policy of a finished search transform it.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Genotype } from '../../../arch/genotype.ts';
import { genotypeToJson } from '../../../arch/genotype_file.ts';
import { type Violation, findViolations } from '../../../arch/legality.ts';
import { NAT_TRANSITIONS } from '../../../arch/transitions.ts';
import { findCell } from '../../../arch/zoo/find_cell.ts';
import { USUAL_CELL } from '../../address.ts';
import { formatCellText, parseCellText } from '../../cell_text.ts';
import type { GenotypeJson, Transformation } from '../../protocol.ts';
import { addressOf, type App, type View } from '../app.ts';
import { costOf } from '../costs.ts';
import { millions, signed } from '../format.ts';
import { architectureChoice, architectureTitle, genotypeOf } from '../parts/architecture_choice.ts';
import type { EdgePlace } from '../parts/cell_graph.ts';
import { createCellStage } from '../parts/cell_stage.ts';
import { edgeEditor } from '../parts/edge_editor.ts';
import { inPageWords } from '../parts/problem_words.ts';
import { term } from '../parts/term.ts';
import { transformationTable } from '../parts/transformation_table.ts';

type Query = Readonly<Record<string, string>>;

/** What an address shows: the architecture as chosen, and as edited. */
function read(query: Query): {
  arch: string | GenotypeJson;
  start: Genotype;
  now: Genotype;
  problem: string | null;
} {
  const { cells = '', edited = '', arch: name = USUAL_CELL } = query;
  try {
    const start = cells
      ? { name: query.name ?? 'own', ...parseCellText(cells) }
      : (findCell(name) ?? genotypeOf(USUAL_CELL));
    const arch = cells ? genotypeToJson(start) : (start.name ?? name);
    const now = edited ? { name: `${start.name}, edited`, ...parseCellText(edited) } : start;
    const problem =
      cells || findCell(name) ? null : `There is no cell '${name.slice(0, 60)}' in the collection.`;
    return { arch, start, now, problem };
  } catch (error) {
    const start = genotypeOf(USUAL_CELL);
    return { arch: USUAL_CELL, start, now: start, problem: inPageWords((error as Error).message, null) };
  }
}

function queryOf(arch: string | GenotypeJson, now: Genotype): Query {
  const start = genotypeOf(arch);
  const [first, last] = [formatCellText(start), formatCellText(now)];
  return {
    ...(typeof arch === 'string' ? { arch } : { cells: first, name: architectureTitle(arch) }),
    ...(last === first ? {} : { edited: last }),
  };
}

export function createCellsView(app: App): View {
  const stage = createCellStage(app);
  const resultStage = createCellStage(app);
  let picked: EdgePlace | null = null;
  let choiceProblem: string | null = null;
  let result: { readonly of: string; readonly found: Transformation } | null = null;
  let busy = false;

  const show = (arch: string | GenotypeJson, now: Genotype): void => {
    choiceProblem = null;
    app.go({ view: 'cells', query: queryOf(arch, now) }, true);
  };

  function costs(start: Genotype, now: Genotype): TemplateResult {
    const [before, after] = [costOf(start, app.update), costOf(now, app.update)];
    const figureOf = (name: 'madds' | 'params') => {
      if (!before || !after) return 'counting …';
      const change = (100 * (after[name] - before[name])) / before[name];
      return html`${millions(after[name])}
      ${after[name] === before[name] ? nothing : html`<span class="unit">${signed(change)} %</span>`}`;
    };
    return html`
      <dl class="figures">
        <div>
          <dt>${term('madds', 'Multiply-adds')}</dt>
          <dd>${figureOf('madds')}</dd>
        </div>
        <div>
          <dt>${term('parameters', 'Parameters')}</dt>
          <dd>${figureOf('params')}</dd>
        </div>
        <div>
          <dt>Operations that compute</dt>
          <dd>${computing(now)} of ${now.normal.length + now.reduce.length}</dd>
        </div>
      </dl>
    `;
  }

  async function transform(run: string, now: Genotype): Promise<void> {
    busy = true;
    app.update();
    try {
      const genotype = genotypeToJson(now);
      const found = await app.client.call('transform', { run, genotype, settings: { candidates: 10 } });
      result = { of: formatCellText(now), found };
      app.say('The policy has transformed the cells');
    } catch (error) {
      app.fail(new Error(inPageWords((error as Error).message, null)));
    } finally {
      busy = false;
      app.update();
    }
  }

  function policySection(now: Genotype): TemplateResult {
    const runs = [...app.state.runs.values()].filter(
      ({ request, state }) => request.kind === 'search' && state === 'done',
    );
    return html`
      <section class="card" aria-labelledby="by-policy">
        <h2 id="by-policy">Let a ${term('policy', 'policy')} transform it</h2>
        ${
          runs.length === 0
            ? html`<p>
                That takes a policy, which a search trains.
                <a href=${addressOf({ view: 'search' })}>Start one</a>; it takes about a minute.
              </p>`
            : html`
                <form
                  class="actions-row"
                  @submit=${(event: Event) => {
                    event.preventDefault();
                    const run = new FormData(event.target as HTMLFormElement).get('run');
                    if (typeof run === 'string') void transform(run, now);
                  }}
                >
                  <label class="field inline" for="policy-run"
                    >Of the run
                    <select id="policy-run" name="run">
                      ${runs.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
                    </select></label
                  >
                  <button class="primary" ?disabled=${busy}>${busy ? 'Transforming …' : 'Transform'}</button>
                </form>
              `
        }
        ${
          result && result.of === formatCellText(now)
            ? html`${transformationTable(result.found)}
              ${resultStage({
                before: genotypeOf(result.found.input),
                after: genotypeOf(result.found.output),
                probabilities: result.found.probabilities,
                name: 'transformed',
              })}`
            : nothing
        }
      </section>
    `;
  }

  function render(query: Query): TemplateResult {
    const { arch, start, now, problem } = read(query);
    const edited = formatCellText(start) !== formatCellText(now);
    const editor = picked
      ? edgeEditor({
          genotype: now,
          start,
          edge: picked,
          change: (next) => show(arch, next),
          close: () => {
            picked = null;
            app.update();
            document.querySelector<SVGElement>('nat-cell [tabindex="0"]')?.focus();
          },
        })
      : html`<p class="hint">Click an operation, or press Enter on it, to change it.</p>`;
    return html`
      <h1>Cells</h1>
      <p class="lead">
        A network repeats two small graphs, the normal and the reduction ${term('cell', 'cell')}. Each
        ${term('node', 'node')} adds up two operations. Change one and see at once what the network costs.
      </p>
      <section class="card" aria-labelledby="graphs">
        <h2 id="graphs" class="visually-hidden">Graphs</h2>
        <div class="card-head">
          ${architectureChoice({
            id: 'cells-arch',
            arch,
            problem: choiceProblem ?? problem,
            choose: (chosen) => {
              picked = null;
              show(chosen, genotypeOf(chosen));
            },
            refuse: (message) => {
              choiceProblem = message;
              app.update();
            },
          })}
          <div class="actions-row">
            <button type="button" class="quiet" ?hidden=${!edited} @click=${() => show(arch, start)}>
              Undo all changes
            </button>
            <a class="button" href=${addressOf({ view: 'search', query: { arch: archText(arch, now) } })}
              >Search with it</a
            >
            <a class="button" href=${addressOf({ view: 'train', query: { arch: archText(arch, now) } })}
              >Train it</a
            >
          </div>
        </div>
        ${costs(start, now)} ${edited ? legality(findViolations(start, now, NAT_TRANSITIONS)) : nothing}
        ${stage({
          before: now,
          after: null,
          probabilities: null,
          name: now.name ?? 'cells',
          picked,
          pick: (edge) => {
            picked = edge;
            app.update();
            // after it has been drawn
            requestAnimationFrame(() => document.getElementById('edit-op')?.focus());
          },
          beside: html`<div class="editor">${editor}</div>`,
        })}
      </section>
      ${policySection(now)}
    `;
  }

  return { name: 'cells', title: 'Cells', render: ({ query }) => render(query) };
}

const computing = ({ normal, reduce }: Genotype): number =>
  [...normal, ...reduce].filter(([op]) => op !== 'null' && op !== 'skip_connect').length;

const archText = (arch: string | GenotypeJson, now: Genotype): string =>
  typeof arch === 'string' && formatCellText(genotypeOf(arch)) === formatCellText(now)
    ? arch
    : formatCellText(now);

const legality = (violations: readonly Violation[]): TemplateResult =>
  violations.length === 0
    ? html`<p class="verdict good">
        A change that NAT could have made: operations were only skipped or removed.
      </p>`
    : html`<div class="verdict">
        <p>Not a change that NAT makes, which only keeps, skips or removes:</p>
        <ul>
          ${violations.map(({ message }) => html`<li>${message}</li>`)}
        </ul>
      </div>`;
