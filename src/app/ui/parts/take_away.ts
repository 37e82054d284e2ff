// Buttons that give something to take away: a text on the clipboard, a file.
import { html, type TemplateResult } from 'lit-html';
import type { App } from '../app.ts';
import { copyText, pngOfSvg, saveFile } from '../keep.ts';

/** A text to read and copy. */
export const copyBox = (app: App, label: string, text: string): TemplateResult => html`
  <div class="copy-box">
    <pre tabindex="0" aria-label=${label}>${text}</pre>
    <button
      type="button"
      class="quiet"
      aria-label=${`Copy: ${label}`}
      @click=${async () => app.say((await copyText(text)) ? 'Copied' : 'The browser refused; select the text and copy it')}
    >
      Copy
    </button>
  </div>
`;

/** A file that is made when it is asked for. */
export const saveButton = (
  app: App,
  label: unknown,
  name: string,
  make: () => BlobPart | Promise<BlobPart>,
): TemplateResult => html`
  <button
    type="button"
    class="quiet"
    @click=${async () => {
      try {
        saveFile(name, await make());
        app.say(`${name} saved`);
      } catch (error) {
        app.fail(error);
      }
    }}
  >
    ${label}
  </button>
`;

/**
 * A drawing as SVG and as PNG.
 * @param of what it shows, where several stand on a page
 */
export const pictureButtons = (app: App, name: string, draw: () => string, of = ''): TemplateResult => {
  const label = (form: string): unknown =>
    of ? html`${form}<span class="visually-hidden"> of ${of}</span>` : form;
  return html`
    ${saveButton(app, label('SVG'), `${name}.svg`, draw)}
    ${saveButton(app, label('PNG'), `${name}.png`, () => pngOfSvg(draw()))}
  `;
};
