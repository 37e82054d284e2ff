// A setting, declared once: its type, its range or choices, what it is for. The command line, experiment files and the
// published JSON Schema all read these declarations.
import { UserError } from '../../runtime/errors.ts';

interface Described {
  /** One line, for --help and the schema. */
  readonly help: string;
}

export interface TextSetting extends Described {
  readonly type: 'string';
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** What stands for the value in --help: 'DIR'. */
  readonly placeholder?: string;
}

export interface NumberSetting extends Described {
  readonly type: 'number' | 'integer';
  readonly min?: number;
  readonly max?: number;
  /** Values are larger than this. */
  readonly above?: number;
  /** Values are smaller than this. */
  readonly below?: number;
  readonly even?: true;
}

export interface SwitchSetting extends Described {
  readonly type: 'boolean';
}

export type Setting = TextSetting | NumberSetting | SwitchSetting;

/** The type of a setting's values. */
export type ValueOf<S> = S extends SwitchSetting
  ? boolean
  : S extends NumberSetting
    ? number
    : S extends { readonly choices: readonly (infer C)[] }
      ? C
      : string;

/** A setting that cannot be as it is. The message names it as the command line does. */
export class SettingError extends UserError {
  /**
   * @param setting its name in the table of its settings
   * @param problem what is wrong: 'got 3, expected an even number'
   */
  constructor(
    readonly setting: string,
    readonly problem: string,
  ) {
    super(`${flagName(setting)}: ${problem}`);
  }
}

/** A setting's name on the command line: maxSteps -> --max-steps. */
export const flagName = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What a value had to be and is not, in words; null for one that the setting allows. */
export function expectation(setting: Setting, value: unknown): string | null {
  switch (setting.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'string':
      if (setting.choices) {
        const allowed = setting.choices.some((choice) => choice === value);
        return allowed ? null : `one of ${setting.choices.join(', ')}`;
      }
      return typeof value === 'string' && value.trim() !== '' ? null : 'a text';
    default: {
      const { type, min = -Infinity, max = Infinity, above = -Infinity, below = Infinity, even } = setting;
      const rightKind = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
      const number = value as number;
      const inRange = number >= min && number <= max && number > above && number < below;
      if (!rightKind || !inRange) return rangeInWords(setting);
      return even && number % 2 !== 0 ? 'an even number' : null;
    }
  }
}

/** 'a whole number of 1 or more', 'a number from 0 to below 1'. */
function rangeInWords({ type, min, max, above, below }: NumberSetting): string {
  const number = type === 'integer' ? 'a whole number' : 'a number';
  if (above !== undefined && below !== undefined) return `${number} between ${above} and ${below}`;
  if (min !== undefined && below !== undefined) return `${number} from ${min} to below ${below}`;
  if (min !== undefined && max !== undefined) return `${number} from ${min} to ${max}`;
  return min === undefined ? number : `${number} of ${min} or more`;
}
