// How wide a text will be, without a font at hand: advance widths of DejaVu Sans, the widest of the fonts that pictures
// are shown in, so that a text never leaves its box.

const NARROW = /[ .,:;|!'’il()[\]jtfrI/-]/;
const WIDE = /[mwMWQO@%→×±+<>=~–—]/;

/** At most this many pixels for a text in a font of `size` pixels. */
export function textWidth(words: string, size: number): number {
  let ems = 0;
  for (const character of words) {
    ems += NARROW.test(character) ? 0.4 : WIDE.test(character) ? 0.9 : 0.64;
  }
  return ems * size;
}
