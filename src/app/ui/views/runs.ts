// All runs that this browser keeps, and the curves of several beside each other.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Place } from '../../address.ts';
import type { RunRecord } from '../../protocol.ts';
import { addressOf, type App, type View } from '../app.ts';
import { percent, shortDigest, when } from '../format.ts';
import type { ChartData } from '../parts/chart.ts';
import { chartOf, curveFigure, type CurveKind, curvesOf } from '../parts/curves.ts';
import { runActions, stateBadge } from '../parts/run_state.ts';
import { term } from '../parts/term.ts';
import { createWatch } from './watch.ts';
import { shareDone } from '../store.ts';

/** Several runs' curves of one kind. */
function chartsOf(app: App, runs: readonly RunRecord[], kind: CurveKind): ChartData[] {
  const column = Object.keys(kind.columns).at(-1)!;
  const single = { ...kind, columns: { [column]: column }, id: `${kind.id}-${column}` };
  return runs.map(({ id }) => chartOf(app.state.metrics.get(id) ?? NONE, single));
}

/** The same on one axis. */
function together(charts: readonly ChartData[], names: readonly string[], kind: CurveKind): ChartData {
  const x = [...new Set(charts.flatMap((chart) => chart.x))].sort((a, b) => a - b);
  const curves = charts.map((chart, i) => {
    const at = new Map(chart.x.map((place, j) => [place, chart.curves[0]?.y[j] ?? null]));
    return { name: names[i]!, y: x.map((place) => at.get(place) ?? null) };
  });
  return { x, xName: charts[0]?.xName ?? 'step', curves, format: kind.format };
}

const NONE: readonly never[] = [];

export function createRunsView(app: App): View {
  const watch = createWatch(app);
  const chosen = new Set<string>();
  /** What is drawn of each kind, while nothing of it changes: a chart takes in all points of another one. */
  const drawn = new Map<string, { readonly made: readonly unknown[]; readonly data: ChartData }>();

  function compared(runs: readonly RunRecord[], kind: CurveKind): ChartData {
    const charts = chartsOf(app, runs, kind);
    const names = runs.map(({ name }) => name);
    const made = [...charts, ...names];
    const before = drawn.get(kind.id);
    if (before?.made.length === made.length && before.made.every((part, i) => part === made[i])) {
      return before.data;
    }
    const data = together(charts, names, kind);
    drawn.set(kind.id, { made, data });
    return data;
  }

  function compare(): TemplateResult | typeof nothing {
    const runs = [...app.state.runs.values()].filter(({ id }) => chosen.has(id));
    const [first] = runs;
    if (!first) return nothing;
    const kinds = curvesOf(first.request.kind);
    const same = runs.filter(({ request }) => request.kind === first.request.kind);
    for (const { id } of same) void app.store.follow(id);
    return html`
      <section class="card" aria-labelledby="compare">
        <h2 id="compare">Compared</h2>
        ${same.length < runs.length ? html`<p class="hint">Searches and trainings have no curves in common; the trainings are left out.</p>` : nothing}
        <div class="curves">
          ${kinds.map((kind) => curveFigure(app, kind.title, kind, compared(same, kind), 'compared'))}
        </div>
      </section>
    `;
  }

  const row = (record: RunRecord): TemplateResult => html`
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label=${`Compare ${record.name}`}
          .checked=${chosen.has(record.id)}
          @change=${() => {
            if (!chosen.delete(record.id)) chosen.add(record.id);
            app.update();
          }}
        />
      </td>
      <th scope="row">
        <a href=${addressOf({ view: 'runs', run: record.id })}>${record.name}</a>
        <span class="hint"
          >${record.request.kind === 'search' ? 'search' : 'training'}, ${when(record.created)}</span
        >
      </th>
      <td data-label="State">${stateBadge(record)}</td>
      <td data-label="Done" class="number">${percent(shareDone(app.state, record), 0)}</td>
      <td data-label="Digest"><code>${record.digest ? shortDigest(record.digest) : '–'}</code></td>
      <td><div class="actions-row">${runActions(app, record)}</div></td>
    </tr>
  `;

  function table(): TemplateResult {
    const runs = [...app.state.runs.values()];
    return html`
      <h1>Runs</h1>
      <p class="lead">
        Everything that was started in this browser. One run works at a time, the others wait. A paused run,
        or one that a closed tab ended, goes on from where it was.
      </p>
      ${
        runs.length === 0
          ? html`<div class="empty">
              <p>${app.state.runsKnown ? 'Nothing has been run yet.' : 'Looking for runs …'}</p>
              <a class="button primary" href="#/search">Start a search</a>
            </div>`
          : html`
              <div class="card">
                <table class="runs">
                  <caption class="visually-hidden">
                    Runs, the newest first
                  </caption>
                  <thead>
                    <tr>
                      <th scope="col"><span class="visually-hidden">Compare</span></th>
                      <th scope="col">Name</th>
                      <th scope="col">State</th>
                      <th scope="col" class="number">Done</th>
                      <th scope="col">${term('digest', 'Digest')}</th>
                      <th scope="col"><span class="visually-hidden">Actions</span></th>
                    </tr>
                  </thead>
                  <tbody>
                    ${runs.map(row)}
                  </tbody>
                </table>
                <p class="hint">Tick runs to see their curves beside each other.</p>
              </div>
              ${compare()}
            `
      }
    `;
  }

  return {
    name: 'runs',
    title: 'Runs',
    render: (place: Place) => (place.run ? watch(place) : table()),
  };
}
