// The page's entry: the worker, the views and the first drawing.
import './language.ts';
import { render } from 'lit-html';
import { openClient } from '../client.ts';
import { createApp } from './app.ts';
import { installDrawingStyles } from './drawings.ts';
import { CellElement } from './parts/cell_graph.ts';
import { ChartElement } from './parts/chart.ts';
import { installTips } from './parts/term.ts';
import { shell } from './shell.ts';
import { currentTheme, setTheme } from './theme.ts';
import { createAboutView } from './views/about.ts';
import { createBenchmarksView } from './views/benchmarks.ts';
import { createCellsView } from './views/cells.ts';
import { createGroundTruthView } from './views/ground_truth.ts';
import { createRunsView } from './views/runs.ts';
import { createSearchView } from './views/search.ts';
import { createTrainView } from './views/train.ts';

/** An element of index.html. */
function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`internal: index.html has no #${id}`);
  return found;
}

const root = element('app');
const live = element('live');
customElements.define('nat-cell', CellElement);
customElements.define('nat-chart', ChartElement);
setTheme(currentTheme());
installDrawingStyles();
installTips(element('tip'));

const app = createApp(openClient(new URL('worker.js', import.meta.url)), {
  draw() {
    render(shell(app, views), root);
    const title = views.find(({ name }) => name === app.place.view)?.title ?? '';
    document.title = `${title} · NAT`;
  },
  arrive() {
    scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  },
  say(text) {
    live.textContent = text;
  },
});
const views = [
  createSearchView(app),
  createRunsView(app),
  createCellsView(app),
  createGroundTruthView(app),
  createTrainView(app),
  createBenchmarksView(app),
  createAboutView(app),
];
root.replaceChildren();
app.update();
app.store.load().catch(app.fail);
