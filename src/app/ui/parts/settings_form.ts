// All settings of a kind of run, in groups that open, over a table of settings and what the page says of them.
import { html, type TemplateResult } from 'lit-html';
import { expectation } from '../../../settings/setting.ts';
import type { DefaultedSetting, SettingTable } from '../../../settings/table.ts';
import type { SettingGroup, SettingWords } from '../words/setting_words.ts';
import { field } from './field.ts';

/** What the form shows and whom it tells. */
export interface SettingsForm {
  readonly table: SettingTable;
  readonly words: Readonly<Record<string, SettingWords>>;
  readonly groups: readonly SettingGroup<string>[];
  /** As they are. */
  readonly values: Readonly<Record<string, unknown>>;
  /** As the preset has them. */
  readonly usual: Readonly<Record<string, unknown>>;
  /** Setting -> what is wrong with it. */
  readonly problems: ReadonlyMap<string, string>;
  /** What was typed and is no value. */
  readonly drafts: ReadonlyMap<string, string>;
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** A valid value; undefined where an optional one was emptied. */
  set(name: string, value: unknown): void;
  /** Not a value: what was typed, and what was expected. */
  refuse(name: string, text: string, problem: string): void;
  reset(name: string): void;
}

/** The value of a text; NaN and texts that are no value are for `expectation` to refuse. */
function valueOf(setting: DefaultedSetting, text: string): unknown {
  if (setting.type === 'boolean') return text === 'true';
  if (setting.type === 'string') return text;
  return text === '' ? Number.NaN : Number(text.replace(',', '.'));
}

export function settingsForm(form: SettingsForm): TemplateResult {
  const { table, words, groups, values, usual, problems, drafts, choices = {} } = form;
  const change = (name: string, text: string): void => {
    const setting = table[name]!;
    if (text === '' && setting.default === undefined) return form.set(name, undefined);
    const value = valueOf(setting, text);
    const expected = expectation(setting, value);
    if (expected === null) form.set(name, value);
    else form.refuse(name, text, `Got ${text === '' ? 'nothing' : text}, expected ${expected}.`);
  };
  const fieldOf = (name: string): TemplateResult =>
    field({
      name,
      setting: table[name]!,
      words: words[name]!,
      value: drafts.get(name) ?? values[name],
      usual: usual[name],
      problem: problems.get(name) ?? null,
      ...(choices[name] ? { choices: choices[name] } : {}),
      change: (text) => change(name, text),
      reset: () => form.reset(name),
    });
  return html`<div>
    ${groups.map(({ title, explanation, names }) => {
      const changed = names.filter((name) => String(values[name]) !== String(usual[name])).length;
      const wrong = names.some((name) => problems.has(name));
      return html`
        <details class="group" ?open=${wrong}>
          <summary>
            <span class="group-title">${title}</span>
            <span class="group-note">${explanation}</span>
            <span class="count" ?hidden=${changed === 0}>${changed} changed</span>
          </summary>
          <div class="fields">${names.map(fieldOf)}</div>
        </details>
      `;
    })}
  </div>`;
}
