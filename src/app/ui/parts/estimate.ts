// How long the chosen run would take here, and what it needs: planned at once, measured when asked for.
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Estimate, type Problem, ProblemError, type RunRequest } from '../../protocol.ts';
import type { App } from '../app.ts';
import { bytes, duration, whole } from '../format.ts';
import { term } from './term.ts';

/** Time after the last change until a plan is asked for, in milliseconds. */
const PAUSE = 350;

export interface Estimates {
  readonly latest: Estimate | null;
  readonly busy: 'planning' | 'measuring' | null;
  /** Asks for a plan of another request, in a moment. */
  ask(request: RunRequest): void;
  /** Asks once, when the view is first seen. */
  first(request: RunRequest): void;
  measure(request: RunRequest): void;
}

export function createEstimates(app: App, refuse: (problem: Problem) => void): Estimates {
  let latest: Estimate | null = null;
  let busy: Estimates['busy'] = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let number = 0;
  let asked = false;

  async function get(request: RunRequest, measure: boolean): Promise<void> {
    const mine = ++number;
    busy = measure ? 'measuring' : 'planning';
    app.update();
    try {
      const estimate = await app.client.call('estimate', { request, measure });
      if (mine === number) latest = estimate;
    } catch (error) {
      if (mine !== number) return;
      latest = null;
      if (error instanceof ProblemError && error.problem.user) refuse(error.problem);
      else if (measure) app.fail(error);
    } finally {
      if (mine === number) busy = null;
      app.update();
    }
  }

  const ask = (request: RunRequest): void => {
    asked = true;
    clearTimeout(timer);
    timer = setTimeout(() => void get(request, false), PAUSE);
  };
  return {
    get latest() {
      return latest;
    },
    get busy() {
      return busy;
    },
    ask,
    first(request) {
      if (!asked && app.state.environment) ask(request);
    },
    measure: (request) => void get(request, true),
  };
}

/** The estimate as a card. */
export function estimateCard(estimates: Estimates, runnable: boolean, measure: () => void): TemplateResult {
  const { latest, busy } = estimates;
  return html`
    <section class="card" aria-labelledby="estimate" aria-busy=${busy !== null}>
      <h2 id="estimate">What it takes</h2>
      <dl class="pairs">
        <div>
          <dt>Time on this adapter</dt>
          <dd>${time(latest, busy)}</dd>
        </div>
        <div>
          <dt>${term('step', 'Steps')}</dt>
          <dd>${latest ? whole(latest.steps) : '–'}</dd>
        </div>
        <div>
          <dt>GPU memory</dt>
          <dd>${latest ? bytes(latest.bytes) : '–'}</dd>
        </div>
        <div>
          <dt>${term('pipelines', 'GPU programs')}</dt>
          <dd>${latest ? whole(latest.pipelines) : '–'}</dd>
        </div>
      </dl>
      ${
        runnable
          ? html`<button type="button" class="quiet" ?disabled=${busy !== null} @click=${measure}>
              Measure a few steps
            </button>`
          : nothing
      }
    </section>
  `;
}

function time(latest: Estimate | null, busy: Estimates['busy']): string {
  if (busy === 'measuring') return 'measuring …';
  if (!latest) return busy ? 'planning …' : 'not known';
  return latest.seconds === null ? 'not measured' : `about ${duration(latest.seconds)}`;
}
