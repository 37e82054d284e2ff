// What this browser can do: said at once, before anything is started.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Environment } from '../../protocol.ts';
import { bytes } from '../format.ts';
import { term } from './term.ts';

const FEATURE_WORDS: Readonly<Record<string, string>> = {
  'shader-f16': '16-bit numbers',
  subgroups: 'subgroups',
  'timestamp-query': 'GPU clock',
};

const yesNo = (there: boolean): string => (there ? 'yes' : 'no');

/** One line for the head of the page. */
export function adapterBadge(environment: Environment | null): TemplateResult {
  if (!environment) return html`<span class="badge">Looking for a GPU …</span>`;
  const { adapter } = environment;
  if (!adapter) return html`<a class="badge bad" href="#/about">No WebGPU</a>`;
  return html`<a class="badge good" href="#/about" title=${adapter.name}
    >${adapter.software ? 'Software adapter' : 'GPU ready'}</a
  >`;
}

/** Where no adapter is there: why, what to do in this browser, and what works all the same. */
export const withoutAdapter = (environment: Environment | null): TemplateResult | typeof nothing =>
  environment?.help
    ? html`
        <section class="notice" aria-labelledby="no-gpu">
          <h2 id="no-gpu">This browser gives no WebGPU at the moment</h2>
          <p>${environment.help}</p>
          <p>
            Without it you can still look at and edit <a href="#/cells">cells</a>, see what they cost, and
            walk through the <a href="#/ground-truth">ground truth</a> of 15,625 trained cells.
          </p>
        </section>
      `
    : nothing;

/** The adapter and the storage in full. */
export function environmentTable(environment: Environment | null): TemplateResult {
  if (!environment) return html`<p class="hint">Asking the browser …</p>`;
  const { adapter, storage, persistent } = environment;
  return html`
    <dl class="pairs">
      <div>
        <dt>${term('adapter', 'Adapter')}</dt>
        <dd>${adapter ? adapter.name : 'none'}</dd>
      </div>
      ${
        adapter
          ? html`
              <div>
                <dt>Kind</dt>
                <dd>${adapter.software ? 'software: correct, and slow' : 'hardware'}</dd>
              </div>
              ${Object.entries(FEATURE_WORDS).map(
                ([feature, words]) =>
                  html`<div>
                    <dt>${term('feature', words)}</dt>
                    <dd>${yesNo(adapter.features.includes(feature))}</dd>
                  </div>`,
              )}
              <div>
                <dt>Largest buffer</dt>
                <dd>${bytes(adapter.maxBufferSize)}</dd>
              </div>
            `
          : nothing
      }
      <div>
        <dt>${term('opfs', 'Runs are kept')}</dt>
        <dd>
          ${persistent ? 'in this browser, also after the page is closed' : 'until the page is closed: this browser gives no file system'}
        </dd>
      </div>
      ${
        storage
          ? html`<div>
              <dt>Storage</dt>
              <dd>${bytes(storage.used)} of ${bytes(storage.allowed)} used</dd>
            </div>`
          : nothing
      }
    </dl>
  `;
}
