// Markup of an SVG picture as plain strings. Nothing here sets an inline style or a script, so that a picture may stand
// in a page with a strict content security policy: what it looks like is said by classes and presentation attributes.

/** Attributes of an element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Characters that XML 1.0 does not allow, not even escaped. */
// oxlint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A text as it stands in XML, between tags or as an attribute's value. Characters that XML forbids become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replace(NOT_XML, '\ufffd').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** With at most two decimals, which is more than eyes see. */
export const round = (value: number): number => Math.round(100 * value) / 100;

/** One element; numbers are written with at most two decimals. `content` is markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeXml(value!)}"`)
    .join('');
  return content ? `<${name}${written}>${content}</${name}>` : `<${name}${written}/>`;
}

/** Several elements as one. */
export const group = (attributes: Attributes, content: readonly string[]): string =>
  element('g', attributes, `\n${content.join('\n')}\n`);

/** What a reader hovering an element, or one who cannot see it, is told. */
export const tooltip = (words: string): string => element('title', {}, escapeXml(words));

/** Text at a point; `anchor` is where along the text the point is. */
export function text(
  x: number,
  y: number,
  words: string,
  attributes: Attributes & { readonly anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  const { anchor = 'start', ...others } = attributes;
  return element(
    'text',
    { x, y, ...(anchor === 'start' ? {} : { 'text-anchor': anchor }), ...others },
    escapeXml(words),
  );
}

/** A straight line. */
export const line = (x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string =>
  element('line', { x1, y1, x2, y2, ...attributes });

/** A part of a picture, with its size in pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
}

/** The drawing, moved. */
export const at = (x: number, y: number, { content }: Drawing): string =>
  group({ transform: `translate(${round(x)} ${round(y)})` }, content);
