// Markup of a report as plain strings.

/** A text as it stands in HTML, between tags or as an attribute's value. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A part of the page with its heading; nothing where it has no content. */
export const section = (title: string, content: readonly string[]): string =>
  content.length === 0 ? '' : `<section>\n<h2>${escapeHtml(title)}</h2>\n${content.join('\n')}\n</section>`;

/** A picture that scrolls sideways, by keyboard too, where the screen is too narrow for it. */
export const figure = (svg: string, caption: string): string => {
  const label = escapeHtml(caption);
  const scrolling = `<div class="scroll" tabindex="0" role="group" aria-label="${label}">${svg}</div>`;
  return `<figure>${scrolling}<figcaption>${label}</figcaption></figure>`;
};

/** A cell of a table; numbers stand at the right. */
export interface TableCell {
  readonly text: string;
  readonly numeric?: boolean;
}

/** A table whose first column names its rows. `marked` rows are emphasised. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly TableCell[])[],
  marked: (row: number) => boolean = () => false,
): string {
  const numeric = heads.map((_, i) => rows.length > 0 && rows.every((row) => row[i]?.numeric === true));
  const align = (i: number): string => (numeric[i] ? ' class="number"' : '');
  const head = heads.map((name, i) => `<th scope="col"${align(i)}>${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row, r) => {
    const cells = row.map(({ text }, i) =>
      i === 0 ? `<th scope="row">${escapeHtml(text)}</th>` : `<td${align(i)}>${escapeHtml(text)}</td>`,
    );
    return `<tr${marked(r) ? ' class="marked"' : ''}>${cells.join('')}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(caption)}"><table>` +
    `<caption>${escapeHtml(caption)}</caption>` +
    `<thead><tr>${head}</tr></thead>\n<tbody>${body.join('\n')}</tbody></table></div>`
  );
}

/** Content that is closed until a reader opens it. */
export const details = (summary: string, content: string): string =>
  `<details><summary>${escapeHtml(summary)}</summary>\n${content}\n</details>`;

/** Names and values, one below the other. */
export const facts = (pairs: readonly (readonly [name: string, value: string])[]): string =>
  `<dl>${pairs
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join('\n')}</dl>`;
