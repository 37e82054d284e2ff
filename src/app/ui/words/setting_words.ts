// What the page says of settings, in place of the command line's one line of help.

/** A setting as people read it. */
export interface SettingWords {
  readonly label: string;
  /** What its number counts: 'images'. */
  readonly unit?: string;
  readonly explanation: string;
  /** Where its value comes from, in the paper or its code. */
  readonly source?: string;
}

/** Settings that belong together, in the order in which they are shown. */
export interface SettingGroup<Name extends string> {
  readonly title: string;
  readonly explanation: string;
  readonly names: readonly Name[];
}
