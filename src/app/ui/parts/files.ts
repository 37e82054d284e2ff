// The files that a run left, to keep: weights, metrics, genotypes, what Node would have written.
import { html, type TemplateResult } from 'lit-html';
import type { RunRecord } from '../../protocol.ts';
import type { App } from '../app.ts';
import { bytes } from '../format.ts';
import { saveFile } from '../keep.ts';
import { saveButton } from './take_away.ts';

type Files = readonly { readonly path: string; readonly bytes: number }[];

const WORDS: Readonly<Record<string, string>> = {
  'config.json': 'all settings',
  'metrics.jsonl': 'the numbers behind the curves',
  'policy.safetensors': 'the trained policy',
  'weights.safetensors': 'the trained weights',
  'result.json': 'what it came to',
  'derived.json': 'the transformation',
  'environment.json': 'adapter and versions',
};

const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

export function createFileList(app: App): (record: RunRecord) => TemplateResult {
  const known = new Map<string, { readonly state: string; readonly files: Files }>();

  function filesOf({ id, state }: RunRecord): Files {
    const found = known.get(id);
    if (found?.state === state) return found.files;
    known.set(id, { state, files: found?.files ?? [] });
    app.client.call('files', { run: id }).then(
      (files) => {
        known.set(id, { state, files });
        app.update();
      },
      () => undefined,
    );
    return found?.files ?? [];
  }

  async function save(run: string, path: string): Promise<void> {
    try {
      saveFile(nameOf(path), await app.client.call('file', { run, path }));
    } catch (error) {
      app.fail(error);
    }
  }

  return (record) => {
    const files = filesOf(record);
    return html`
      <section class="card" aria-labelledby="files">
        <h2 id="files">To take away</h2>
        ${
          files.length === 0
            ? html`<p class="hint">Files appear here as the run writes them.</p>`
            : html`<ul class="files">
                  ${files.map(
                    ({ path, bytes: size }) =>
                      html`<li>
                        <button type="button" class="link" @click=${() => save(record.id, path)}>
                          ${path}
                        </button>
                        <span class="hint">${WORDS[nameOf(path)] ?? ''}</span>
                        <span class="number">${bytes(size)}</span>
                      </li>`,
                  )}
                </ul>
                ${saveButton(app, 'Report', 'report.html', () =>
                  app.client.call('report', { run: record.id }),
                )}
                <span class="hint">all of it as one page to read: curves, cells, candidates, settings</span>`
        }
      </section>
    `;
  };
}
