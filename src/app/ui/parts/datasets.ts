// The choice of images: the sample that comes with the page, or CIFAR-10 files of the user's, picked or dropped.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { App } from '../app.ts';
import { bytes, whole } from '../format.ts';

/** A chooser that remembers what it is doing. */
export interface DatasetChoice {
  render(chosen: string, choose: (name: string) => void): TemplateResult;
}

/** 'cifar-10', or the next name that is free. */
function freeName(taken: readonly string[]): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? 'cifar-10' : `cifar-10-${i}`;
    if (!taken.includes(name)) return name;
  }
}

export function createDatasetChoice(app: App): DatasetChoice {
  let importing = false;
  let problem: string | null = null;
  let over = false;

  async function take(
    list: FileList | readonly File[] | null,
    choose: (name: string) => void,
  ): Promise<void> {
    const files = [...(list ?? [])];
    if (files.length === 0) return;
    importing = true;
    problem = null;
    app.update();
    try {
      const name = freeName(app.state.datasets.map((known) => known.name));
      const made = await app.client.call('importDataset', { name, files });
      app.state.datasets = await app.client.call('datasets', {});
      app.say(`${whole(made.images)} images are ready`);
      choose(made.name);
    } catch (error) {
      problem = (error as Error).message;
    } finally {
      importing = false;
      app.update();
    }
  }

  async function forget(name: string, choose: (name: string) => void): Promise<void> {
    if (!confirm(`Delete the images '${name}' from this browser?`)) return;
    try {
      await app.client.call('removeDataset', { name });
      app.state.datasets = await app.client.call('datasets', {});
      choose('sample');
    } catch (error) {
      problem = (error as Error).message;
    }
    app.update();
  }

  return {
    render(chosen, choose) {
      const { datasets } = app.state;
      const known = datasets.some(({ name }) => name === chosen);
      const drag = (on: boolean) => (event: DragEvent) => {
        event.preventDefault();
        if (over !== on) {
          over = on;
          app.update();
        }
      };
      return html`
        <fieldset class="choice">
          <legend>Images</legend>
          ${datasets.map(
            ({ name, images, testImages, classes, bytes: size }) => html`
              <label class="option ${name === chosen ? 'chosen' : ''}">
                <input
                  type="radio"
                  name="dataset"
                  value=${name}
                  .checked=${name === chosen}
                  @change=${() => choose(name)}
                />
                <span
                  ><b>${name === 'sample' ? 'CIFAR-10 sample' : name}</b>
                  <span class="hint"
                    >${whole(images)} photographs to learn from, ${whole(testImages)} to test with,
                    ${classes.length} classes, ${bytes(size)}</span
                  ></span
                >
                ${
                  name === 'sample'
                    ? nothing
                    : html`<button
                        type="button"
                        class="quiet"
                        @click=${() => forget(name, choose)}
                        aria-label=${`Delete ${name}`}
                      >
                        Delete
                      </button>`
                }
              </label>
            `,
          )}
          ${
            known || datasets.length === 0
              ? nothing
              : html`<p class="problem" role="alert">
                  The link asks for images called '${chosen}', which are not in this browser. Choose others,
                  or add the files.
                </p>`
          }
          <div
            class="drop ${over ? 'over' : ''}"
            @dragover=${drag(true)}
            @dragleave=${drag(false)}
            @drop=${(event: DragEvent) => {
              drag(false)(event);
              void take(event.dataTransfer?.files ?? null, choose);
            }}
          >
            <label class="button" for="dataset-files">Add CIFAR-10 files</label>
            <input
              id="dataset-files"
              class="visually-hidden"
              type="file"
              multiple
              accept=".bin,.gz,.tgz"
              aria-describedby="dataset-hint"
              @change=${(event: Event) => {
                const input = event.target as HTMLInputElement;
                void take(input.files, choose).finally(() => (input.value = ''));
              }}
            />
            <p class="hint" id="dataset-hint">
              ${
                importing
                  ? 'Reading the files …'
                  : 'Drop them here: the six .bin batches, or cifar-10-binary.tar.gz. They stay in this browser.'
              }
            </p>
          </div>
          ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
        </fieldset>
      `;
    },
  };
}
