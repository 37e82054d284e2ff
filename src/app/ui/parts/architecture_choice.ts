// The choice of an architecture: one of the collection, or a genotype file in any of the forms that the field uses.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Genotype } from '../../../arch/genotype.ts';
import { genotypeFromJson, genotypeToJson } from '../../../arch/genotype_file.ts';
import { CELL_NAMES, requireCell } from '../../../arch/zoo/find_cell.ts';
import { readGenotype } from '../../../exchange/genotype/forms.ts';
import type { GenotypeJson } from '../../protocol.ts';

/** A file larger than this is no genotype. */
const LARGEST = 1_000_000;

/** The genotype of what a request calls an architecture. */
export const genotypeOf = (arch: string | GenotypeJson): Genotype =>
  typeof arch === 'string' ? requireCell(arch) : genotypeFromJson(arch, 'the architecture');

/** What an architecture is called on the page. */
export const architectureTitle = (arch: string | GenotypeJson): string =>
  typeof arch === 'string' ? arch : typeof arch.name === 'string' ? arch.name : 'own architecture';

export interface ArchitectureChoice {
  readonly id: string;
  readonly arch: string | GenotypeJson;
  /** Names besides those of cells: networks. */
  readonly others?: readonly string[];
  readonly problem: string | null;
  choose(arch: string | GenotypeJson): void;
  refuse(message: string): void;
}

async function readFile(file: File, { choose, refuse }: ArchitectureChoice): Promise<void> {
  try {
    if (file.size > LARGEST)
      throw new Error(`${file.name} has ${file.size} bytes; a genotype has a few thousand`);
    const genotype = readGenotype(await file.text(), file.name);
    choose(genotypeToJson({ name: file.name.replace(/\.\w+$/, ''), ...genotype }));
  } catch (error) {
    refuse((error as Error).message);
  }
}

export function architectureChoice(state: ArchitectureChoice): TemplateResult {
  const { id, arch, others = [], problem, choose } = state;
  const own = typeof arch !== 'string';
  const option = (name: string) => html`<option value=${name} ?selected=${name === arch}>${name}</option>`;
  return html`
    <div class="field ${problem === null ? '' : 'wrong'}">
      <label for=${id}>Architecture</label>
      <div class="field-input">
        <select id=${id} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
          ${own ? html`<option value="" selected disabled>${architectureTitle(arch)}</option>` : nothing}
          ${others.length > 0 ? html`<optgroup label="Networks">${others.map(option)}</optgroup>` : nothing}
          ${
            others.length > 0
              ? html`<optgroup label="Cells">${CELL_NAMES.map(option)}</optgroup>`
              : CELL_NAMES.map(option)
          }
        </select>
        <label class="button quiet" for="${id}-file">From a file</label>
        <input
          id="${id}-file"
          class="visually-hidden"
          type="file"
          accept=".json,.txt,.py"
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            const file = input.files?.[0];
            if (file) void readFile(file, state).finally(() => (input.value = ''));
          }}
        />
      </div>
      ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
    </div>
  `;
}
