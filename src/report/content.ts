// What the page of a report is made of.

/** What a page says of one run. */
export interface ReportContent {
  /** 'Search', 'Training' ... */
  readonly kind: string;
  readonly title: string;
  /** The figures at the top. */
  readonly figures: readonly (readonly [value: string, name: string])[];
  readonly sections: readonly string[];
}
