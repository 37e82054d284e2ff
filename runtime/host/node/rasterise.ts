// Pictures of pixels from SVG text, by the npm package @resvg/resvg-js: an optional one, since it holds a native module of
// 4 MB. It draws texts with the fonts of this machine.

import { RunError, UserError } from '../../errors.ts';

const PACKAGE = '@resvg/resvg-js';

/** Makes PNG files of SVG text. */
export interface Rasteriser {
  /** @param scale pixels for each of the picture's own */
  png(svg: string, scale: number): Uint8Array<ArrayBuffer>;
}

/** Throws UserError where the package is not installed, or this machine has no font. */
export async function openRasteriser(): Promise<Rasteriser> {
  const { Resvg } = await load();
  const render = (svg: string, scale: number) =>
    new Resvg(svg, { font: { loadSystemFonts: true }, fitTo: { mode: 'zoom', value: scale } });
  // texts without a font are left out silently
  const text = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">a</text></svg>';
  if (render(text, 1).getBBox() === undefined) {
    throw new UserError(
      'no font on this machine, so pictures would have no texts; install one (fonts-dejavu-core on Debian)',
    );
  }
  return { png: (svg, scale) => new Uint8Array(render(svg, scale).render().asPng()) };
}

/** As `openRasteriser`, but null where it throws. */
export const findRasteriser = (): Promise<Rasteriser | null> => openRasteriser().catch(() => null);

async function load() {
  try {
    return await import('@resvg/resvg-js');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw new RunError(`${PACKAGE} does not load: ${message}`);
    throw new UserError(
      `PNG pictures need the npm package ${PACKAGE}, which is not installed; npm install ${PACKAGE}, or ask for .svg`,
    );
  }
}
