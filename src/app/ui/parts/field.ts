// One setting: label, unit, value, what it means, what it is unless changed, and a way back.
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { DefaultedSetting } from '../../../settings/table.ts';
import type { SettingWords } from '../words/setting_words.ts';

export interface FieldState {
  readonly name: string;
  readonly setting: DefaultedSetting;
  readonly words: SettingWords;
  /** As it is now; a text that is no valid value stays as the user wrote it. */
  readonly value: unknown;
  /** As the preset has it; undefined where it has none. */
  readonly usual: unknown;
  /** What is wrong with it; null for nothing. */
  readonly problem: string | null;
  /** Choices of a setting whose table lists none. */
  readonly choices?: readonly string[];
  change(text: string): void;
  reset(): void;
}

const shown = (value: unknown): string => (value === undefined ? '' : String(value));
const inWords = (value: unknown): string =>
  value === undefined ? 'none' : typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

/** A setting's field. Its id is 'setting-NAME', so that a problem can lead to it. */
export function field(state: FieldState): TemplateResult {
  const { name, words, value, usual, problem, reset } = state;
  const id = `setting-${name}`;
  const changed = shown(value) !== shown(usual);
  const source = words.source ? `Source: ${words.source}.` : '';
  return html`
    <div class="field ${changed ? 'changed' : ''} ${problem === null ? '' : 'wrong'}">
      <label for=${id}
        >${words.label}${words.unit ? html` <span class="unit">${words.unit}</span>` : nothing}</label
      >
      <div class="field-input">
        ${control(state, id)}
        <button type="button" class="quiet reset" ?hidden=${!changed} @click=${reset}>
          Reset to ${inWords(usual)}<span class="visually-hidden">, ${words.label}</span>
        </button>
      </div>
      ${problem === null ? nothing : html`<p class="problem" id="${id}-problem" role="alert">${problem}</p>`}
      <p class="hint" id="${id}-hint">${words.explanation} ${source}</p>
    </div>
  `;
}

function control({ setting, value, problem, choices, change }: FieldState, id: string): TemplateResult {
  const describedBy = problem === null ? `${id}-hint` : `${id}-problem ${id}-hint`;
  const invalid = problem === null ? 'false' : 'true';
  const listed = choices ?? (setting.type === 'string' ? setting.choices : undefined);
  if (setting.type === 'boolean') {
    return html`<input
      id=${id}
      type="checkbox"
      .checked=${live(value === true)}
      aria-describedby=${describedBy}
      @change=${(event: Event) => change(String((event.target as HTMLInputElement).checked))}
    />`;
  }
  if (listed) {
    return html`<select
      id=${id}
      aria-describedby=${describedBy}
      aria-invalid=${invalid}
      @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}
    >
      ${listed.map((choice) => html`<option value=${choice} ?selected=${choice === value}>${choice}</option>`)}
    </select>`;
  }
  const mode = setting.type === 'integer' ? 'numeric' : 'decimal';
  return html`<input
    id=${id}
    type="text"
    inputmode=${mode}
    autocomplete="off"
    spellcheck="false"
    .value=${live(shown(value))}
    aria-describedby=${describedBy}
    aria-invalid=${invalid}
    @change=${(event: Event) => change((event.target as HTMLInputElement).value.trim())}
  />`;
}
