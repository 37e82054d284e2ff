// A canvas to draw on with mouse, pen or finger, which also takes an image that is dropped or picked.
import { html, type TemplateResult } from 'lit-html';
import { createRef, ref } from 'lit-html/directives/ref.js';
import type { App } from '../app.ts';

const SIZE = 256;
/** Photographs are scaled to this at most before they are handed on. */
const LARGEST = 512;
const COLORS = [
  ['black', '#1b1b1b'],
  ['white', '#ffffff'],
  ['red', '#c8372d'],
  ['green', '#3d8b40'],
  ['blue', '#3b6fb5'],
  ['brown', '#8a5a33'],
] as const;

type Classify = (width: number, height: number, pixels: Uint8ClampedArray<ArrayBuffer>) => Promise<void>;

export function createDrawingPad(app: App, classify: Classify): () => TemplateResult {
  const canvas = createRef<HTMLCanvasElement>();
  let color: string = COLORS[0][1];
  let drawing = false;
  let prepared: HTMLCanvasElement | null = null;

  const contextOf = (): CanvasRenderingContext2D | null =>
    canvas.value?.getContext('2d', { willReadFrequently: true }) ?? null;

  function clear(): void {
    const context = contextOf();
    if (!context) return;
    // the sky of many a photograph
    context.fillStyle = '#a9c7e8';
    context.fillRect(0, 0, SIZE, SIZE);
  }

  function ask(): void {
    const context = contextOf();
    if (context)
      void classify(
        SIZE,
        SIZE,
        context.getImageData(0, 0, SIZE, SIZE).data as Uint8ClampedArray<ArrayBuffer>,
      );
  }

  function stroke(event: PointerEvent, begins: boolean): void {
    const context = contextOf();
    if (!context || !canvas.value) return;
    const box = canvas.value.getBoundingClientRect();
    const x = ((event.clientX - box.left) * SIZE) / box.width;
    const y = ((event.clientY - box.top) * SIZE) / box.height;
    context.strokeStyle = color;
    context.lineWidth = 16;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    if (begins) {
      context.beginPath();
      context.moveTo(x, y);
    }
    context.lineTo(x, y);
    context.stroke();
  }

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    try {
      const image = await createImageBitmap(file);
      const scale = Math.min(1, LARGEST / Math.max(image.width, image.height));
      const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
      const whole = new OffscreenCanvas(width, height).getContext('2d');
      const context = contextOf();
      if (!whole || !context) return;
      whole.drawImage(image, 0, 0, width, height);
      const side = Math.min(image.width, image.height);
      context.drawImage(
        image,
        (image.width - side) / 2,
        (image.height - side) / 2,
        side,
        side,
        0,
        0,
        SIZE,
        SIZE,
      );
      await classify(
        width,
        height,
        whole.getImageData(0, 0, width, height).data as Uint8ClampedArray<ArrayBuffer>,
      );
    } catch {
      app.fail(new Error(`${file.name} is no image that this browser can read`));
    }
  }

  const prepare = (element?: Element): void => {
    if (!(element instanceof HTMLCanvasElement) || element === prepared) return;
    prepared = element;
    clear();
  };

  return () => html`
    <div
      class="pad"
      @dragover=${(event: DragEvent) => event.preventDefault()}
      @drop=${(event: DragEvent) => {
        event.preventDefault();
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <canvas
        width=${SIZE}
        height=${SIZE}
        role="img"
        aria-label="Drawing, or the image that was dropped"
        ${ref(canvas)}
        ${ref(prepare)}
        @pointerdown=${(event: PointerEvent) => {
          drawing = true;
          canvas.value?.setPointerCapture(event.pointerId);
          stroke(event, true);
        }}
        @pointermove=${(event: PointerEvent) => drawing && stroke(event, false)}
        @pointerup=${() => {
          drawing = false;
          ask();
        }}
      ></canvas>
      <div class="pad-tools">
        <fieldset class="colors">
          <legend class="visually-hidden">Colour</legend>
          ${COLORS.map(
            ([name, value]) =>
              html`<label
                ><input
                  type="radio"
                  name="color"
                  aria-label=${name}
                  .checked=${value === color}
                  @change=${() => (color = value)} /><span class="swatch swatch-${name}"></span
              ></label>`,
          )}
        </fieldset>
        <button type="button" class="quiet" @click=${clear}>Clear</button>
        <label class="button quiet" for="pad-file">Choose an image</label>
        <input
          id="pad-file"
          class="visually-hidden"
          type="file"
          accept="image/*"
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            void take(input.files?.[0]).finally(() => (input.value = ''));
          }}
        />
      </div>
      <p class="hint">Draw, drop an image here, or choose one.</p>
    </div>
  `;
}
