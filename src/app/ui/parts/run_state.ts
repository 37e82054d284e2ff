// How a run is getting on, as words and as a bar.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunRecord, RunState, RunStatus } from '../../protocol.ts';
import type { App } from '../app.ts';
import { bytes, duration, percent } from '../format.ts';
import { progress } from './bar.ts';
import { inPageWords } from './problem_words.ts';
import { term } from './term.ts';

export const STATE_WORDS: Readonly<Record<RunState, string>> = {
  waiting: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
};

export const stateBadge = ({ state }: RunRecord): TemplateResult =>
  html`<span class="badge state-${state}">${STATE_WORDS[state]}</span>`;

const inSentence = (label: string): string =>
  label.replace(/\bweights\b/, 'training the shared weights').replace(/\bpolicy\b/, 'training the policy');

/** A figure in words, or a dash for one that is not known yet. */
const known = (value: number | null | undefined, words: (value: number) => string): string =>
  value === null || value === undefined ? '–' : words(value);

/** Bar and figures. */
export function runProgress(record: RunRecord, status: RunStatus | undefined): TemplateResult {
  const share = status?.progress ?? record.progress;
  return html`
    <div class="run-progress">
      ${progress(share, `Progress of ${record.name}`)}
      <dl class="figures">
        <div>
          <dt>Done</dt>
          <dd>${percent(share, 0)}</dd>
        </div>
        <div class="wide">
          <dt>At the moment</dt>
          <dd>
            ${status ? `${inSentence(status.label)}, ${status.done} of ${status.total}` : STATE_WORDS[record.state].toLowerCase()}
          </dd>
        </div>
        <div>
          <dt>${term('step', 'Steps')} a second</dt>
          <dd>${status?.stepsPerSecond?.toFixed(1) ?? '–'}</dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>${known(status?.left, duration)}</dd>
        </div>
        <div>
          <dt>GPU memory</dt>
          <dd>${known(status?.bytes, bytes)}</dd>
        </div>
      </dl>
    </div>
  `;
}

/** What can be done with a run. */
export function runActions(app: App, record: RunRecord): TemplateResult {
  const { id: run, state, name } = record;
  const act = (call: 'pause' | 'resume', said: string) => async () => {
    try {
      await app.client.call(call, { run });
      app.say(said);
    } catch (error) {
      app.fail(error);
    }
  };
  const rename = async (): Promise<void> => {
    const wanted = prompt('A name for this run', name)?.trim();
    if (!wanted || wanted === name) return;
    // the worker announces the record as it is by now
    await app.client.call('rename', { run, name: wanted }).catch(app.fail);
  };
  const remove = async (): Promise<void> => {
    if (!confirm(`Delete the run '${name}' with all its files? This cannot be undone.`)) return;
    await app.client.call('remove', { run }).then(() => {
      app.say('The run is deleted');
      if (app.place.run === run) app.go({ view: 'runs' });
    }, app.fail);
  };
  const active = state === 'running' || state === 'waiting';
  return html`
    ${
      active
        ? html`<button type="button" @click=${act('pause', 'Pausing after the step at hand')}>
            ${state === 'waiting' ? 'Hold' : 'Pause'}
          </button>`
        : nothing
    }
    ${
      state === 'paused' || state === 'failed'
        ? html`<button type="button" class="primary" @click=${act('resume', 'The run goes on')}>
            Resume
          </button>`
        : nothing
    }
    <button type="button" class="quiet" @click=${rename} aria-label=${`Rename ${name}`}>Rename</button>
    <button type="button" class="quiet danger" @click=${remove} aria-label=${`Delete ${name}`}>Delete</button>
  `;
}

/** Why it failed, in the page's words. */
export const runError = ({ error }: RunRecord): TemplateResult | typeof nothing =>
  error === null ? nothing : html`<p class="problem" role="alert">${inPageWords(error, null)}</p>`;
