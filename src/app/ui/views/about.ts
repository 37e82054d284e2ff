// What this is, how to read it, and what it needs.
import { html, type TemplateResult } from 'lit-html';
import type { App, View } from '../app.ts';
import { environmentTable, withoutAdapter } from '../parts/environment.ts';
import { TERMS } from '../words/terms.ts';

const GLOSSARY: readonly (readonly [keyof typeof TERMS, string])[] = [
  ['cell', 'Cell'],
  ['node', 'Node'],
  ['edge', 'Edge'],
  ['skip', 'Skip'],
  ['null', 'Null'],
  ['supernet', 'Shared network'],
  ['policy', 'Policy'],
  ['reward', 'Reward'],
  ['entropy', 'Entropy'],
  ['loss', 'Loss'],
  ['accuracy', 'Accuracy'],
  ['madds', 'Multiply-adds'],
  ['parameters', 'Parameters'],
  ['epoch', 'Epoch'],
  ['step', 'Step'],
  ['digest', 'Digest'],
];

export function createAboutView(app: App): View {
  const render = (): TemplateResult => html`
    <div class="prose">
      <h1>About</h1>
      <p class="lead">
        This page is a complete implementation of NAT, the Neural Architecture Transformer of Guo and others
        (NeurIPS 2019), on a WebGPU engine written from scratch. Everything happens in your browser: no image,
        no result and no setting leaves this computer, and the page asks no other server for anything.
      </p>
      ${withoutAdapter(app.state.environment)}
      <h2>How it works</h2>
      <ol>
        <li>
          A network is trained that holds every operation that a cell may have. All architectures share its
          weights, so that each can be judged without training it.
        </li>
        <li>
          In turn with it, a policy is trained. It sees a random architecture, changes it, and is rewarded by
          the gain in accuracy.
        </li>
        <li>
          At the end the policy transforms an architecture that people designed or found: ten proposals, of
          which the most accurate is kept, and then judged on images that chose nothing.
        </li>
      </ol>
      <h2>What to believe</h2>
      <p>
        The quick search learns from 1,000 photographs. It shows how the method works; its accuracies are near
        chance, and differences of some points are noise. What a transformation is really worth can be looked
        up under <a href="#/ground-truth">Ground truth</a>, where every cell has been trained.
      </p>
      <p>
        The same settings and seed on the same kind of adapter give the same bits, here and in Node: compare
        the digests.
      </p>
      <h2>With the keyboard</h2>
      <p>
        Tab goes from control to control. A graph of cells is one stop: arrow keys move from operation to
        operation, Home and End to the first and the last, Enter picks one. Escape closes explanations.
      </p>
      <h2>This browser</h2>
      ${environmentTable(app.state.environment)}
      <h2>Words</h2>
      <dl class="glossary">
        ${GLOSSARY.map(
          ([name, label]) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${TERMS[name]}</dd>
            </div>`,
        )}
      </dl>
    </div>
  `;
  return { name: 'about', title: 'About', render };
}
