// A whole picture out of its parts: size, title and description for those who cannot see it, styles, background.
import { type Drawing, element, escapeXml, group } from './svg.ts';
import { drawingStyles, type Theme } from './theme.ts';

/** What every picture can be told. */
export interface PictureOptions {
  /** 'auto' unless given: light or dark as the reader prefers. */
  readonly theme?: Theme;
  /**
   * Whether the picture is a file: it then has its own styles and a background. True unless given; a page with
   * a content security policy asks for false and includes `drawingStyles()` once.
   */
  readonly standalone?: boolean;
  /** Title, also what a screen reader says first. */
  readonly title?: string;
}

/** The picture as SVG text, its width and height in pixels. */
export function picture(
  drawing: Drawing,
  title: string,
  description: string,
  {
    theme = 'auto',
    standalone = true,
    interactive = false,
  }: PictureOptions & { readonly interactive?: boolean },
): string {
  const { width, height } = drawing;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const parts = [
    element('title', {}, escapeXml(title)),
    element('desc', {}, escapeXml(description)),
    ...(standalone ? [element('style', {}, escapeStyles(drawingStyles(theme)))] : []),
    ...(standalone ? [element('rect', { class: 'nat-paper', width: w, height: h })] : []),
    group({}, drawing.content),
  ];
  const attributes = {
    ...(standalone ? { xmlns: 'http://www.w3.org/2000/svg' } : {}),
    class: 'nat-drawing',
    viewBox: `0 0 ${w} ${h}`,
    width: w,
    height: h,
    // what is inside of an image is hidden from screen readers
    role: interactive ? 'group' : 'img',
    'aria-label': title,
  };
  return `${element('svg', attributes, `\n${parts.join('\n')}\n`)}\n`;
}

/** A style sheet as element content: it holds no markup, and quotes stay as CSS reads them. */
const escapeStyles = (css: string): string => css.replace(/&/g, '&#38;').replace(/</g, '&#60;');
