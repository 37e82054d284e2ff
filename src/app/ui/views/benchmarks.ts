// Benchmarks of the kernels on this adapter: a table, where each stands below the roof, and the JSON that Node writes.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { BenchmarkResult } from '../../protocol.ts';
import { type App, isRunnable, type View } from '../app.ts';
import { figure, percent } from '../format.ts';
import { bar, progress } from '../parts/bar.ts';
import { environmentTable, withoutAdapter } from '../parts/environment.ts';
import { roofline } from '../parts/roofline.ts';
import { saveButton } from '../parts/take_away.ts';
import { term } from '../parts/term.ts';

/** The part of a row that the page shows (bench/report/result.ts). */
interface Row {
  readonly name: string;
  readonly shape: string;
  readonly clock: 'gpu' | 'wall';
  readonly gpu: { readonly median: number } | null;
  readonly wall: { readonly median: number };
  readonly gflops: number | null;
  readonly gbps: number | null;
  readonly limit: 'arithmetic' | 'memory' | null;
  readonly share: number | null;
  readonly rates: { readonly fma: number; readonly copy: number } | null;
}

const GROUPS = [
  ['', 'All'],
  ['conv', 'Convolutions'],
  ['depthwise', 'Depthwise convolutions'],
  ['matmul', 'Matrix products'],
  ['norm', 'Batch norms'],
  ['pool', 'Pooling'],
] as const;

const rowsOf = (result: BenchmarkResult): readonly Row[] =>
  Array.isArray(result.benchmarks) ? (result.benchmarks as Row[]) : [];

export function createBenchmarksView(app: App): View {
  let result: BenchmarkResult | null = null;
  let running = false;

  async function run(form: HTMLFormElement): Promise<void> {
    const data = new FormData(form);
    running = true;
    app.update();
    try {
      const seconds = Number(data.get('seconds'));
      result = await app.client.call('benchmark', {
        filter: String(data.get('group') ?? ''),
        seconds,
        samples: 5,
      });
      app.say('The benchmarks are done');
    } catch (error) {
      app.fail(error);
    } finally {
      running = false;
      app.update();
    }
  }

  function table(rows: readonly Row[]): TemplateResult {
    return html`
      <table class="wide-table">
        <caption class="visually-hidden">
          Kernels
        </caption>
        <thead>
          <tr>
            <th scope="col">Kernel</th>
            <th scope="col">Time, ms</th>
            <th scope="col">GFLOP/s</th>
            <th scope="col">GB/s</th>
            <th scope="col">${term('roofline', 'Of its roof')}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => {
            const time = (row.clock === 'gpu' && row.gpu ? row.gpu : row.wall).median;
            return html`<tr>
              <th scope="row">${row.name} <span class="hint">${row.shape}</span></th>
              <td class="number" data-label="Time, ms">${figure(time)}</td>
              <td class="number" data-label="GFLOP/s">${row.gflops === null ? '–' : figure(row.gflops)}</td>
              <td class="number" data-label="GB/s">${row.gbps === null ? '–' : figure(row.gbps)}</td>
              <td data-label="Of its roof">
                ${
                  row.share === null
                    ? '–'
                    : html`${bar(row.share)} <span class="number">${percent(row.share, 0)}</span>
                        <span class="hint">${row.limit ?? ''}</span>`
                }
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
    `;
  }

  function render(): TemplateResult {
    const { environment, benchmark } = app.state;
    const share = benchmark && benchmark.total > 0 ? benchmark.done / benchmark.total : 0;
    return html`
      <h1>Benchmarks</h1>
      <p class="lead">
        How fast the kernels of this engine are on your adapter, beside what its arithmetic and its memory
        allow.
      </p>
      ${withoutAdapter(environment)}
      <section class="card" aria-labelledby="measure">
        <h2 id="measure">Measure</h2>
        <form
          class="actions-row"
          @submit=${(event: Event) => {
            event.preventDefault();
            void run(event.target as HTMLFormElement);
          }}
        >
          <label class="field inline" for="bench-group"
            >Kernels
            <select id="bench-group" name="group">
              ${GROUPS.map(([value, name]) => html`<option value=${value} ?selected=${value === 'conv'}>${name}</option>`)}
            </select></label
          >
          <label class="field inline" for="bench-seconds"
            >Seconds for each
            <select id="bench-seconds" name="seconds">
              <option value="0.2">0.2</option>
              <option value="1">1</option>
              <option value="3">3</option>
            </select></label
          >
          <button class="primary" ?disabled=${running || !isRunnable(app.state)}>
            ${running ? 'Measuring …' : 'Measure'}
          </button>
          ${
            running
              ? html`<button
                  type="button"
                  @click=${() => app.client.call('stopBenchmark', {}).catch(app.fail)}
                >
                  Stop
                </button>`
              : nothing
          }
        </form>
        ${
          running && benchmark
            ? html`${progress(share, 'Progress of the benchmarks')}
                <p class="hint">${benchmark.label}, ${benchmark.done} of ${benchmark.total}</p>`
            : nothing
        }
        <p class="hint">
          Close other work of this computer for figures that mean something; a run of this page waits
          meanwhile.
        </p>
      </section>
      ${
        result
          ? html`<section class="card" aria-labelledby="results">
              <div class="card-head">
                <h2 id="results">Results</h2>
                ${saveButton(app, 'JSON', 'benchmarks.json', () => JSON.stringify(result, null, 2))}
              </div>
              ${roofline(rowsOf(result))} ${table(rowsOf(result))}
            </section>`
          : nothing
      }
      <section class="card" aria-labelledby="adapter">
        <h2 id="adapter">Adapter</h2>
        ${environmentTable(environment)}
      </section>
    `;
  }

  return { name: 'benchmarks', title: 'Benchmarks', render };
}
