// A word with its explanation: shown beside it on hover, on keyboard focus and on a tap. There is one bubble for all of
// them, placed by script, since a strict content security policy allows no inline style.
import { html, type TemplateResult } from 'lit-html';
import { type Term, TERMS } from '../words/terms.ts';

/** The word, dotted, with its explanation. */
export const term = (name: Term, words: unknown): TemplateResult =>
  html`<button type="button" class="term" data-tip=${TERMS[name]} aria-describedby="tip">${words}</button>`;

const MARGIN = 8;

/** Makes the bubble work for all of the page. */
export function installTips(bubble: HTMLElement): void {
  let shown: HTMLElement | null = null;

  const hide = (): void => {
    shown = null;
    bubble.hidden = true;
  };
  const show = (target: HTMLElement): void => {
    shown = target;
    bubble.textContent = target.dataset['tip'] ?? '';
    bubble.hidden = false;
    const box = target.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = bubble;
    const left = Math.min(Math.max(MARGIN, box.left), innerWidth - width - MARGIN);
    const below = box.bottom + MARGIN;
    const top = below + height > innerHeight ? Math.max(MARGIN, box.top - height - MARGIN) : below;
    bubble.style.left = `${left}px`;
    bubble.style.top = `${top}px`;
  };
  const targetOf = (event: Event): HTMLElement | null =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;

  // a word that comes to lie under a resting pointer was not pointed at: only movement counts
  for (const name of ['pointermove', 'focusin', 'click'] as const) {
    document.addEventListener(name, (event) => {
      const target = targetOf(event);
      if (target && target !== shown) show(target);
      else if (name === 'click') hide();
    });
  }
  for (const name of ['pointerout', 'focusout'] as const) {
    document.addEventListener(name, (event) => {
      const stays = shown !== null && (shown.matches(':hover') || shown === document.activeElement);
      if (targetOf(event) === shown && !stays) hide();
    });
  }
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  addEventListener('scroll', hide, { passive: true, capture: true });
}
