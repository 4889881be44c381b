import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { GESTURES } from './follow.ts';
import type { WatchView } from './view.ts';

/** How long a notebook may take to draw its cells, in ms. */
const DRAWING_LASTS = 10_000;

/** Let the executed notebook take a view's place: its tab, and what the reader looks at. */
export async function finish(
  view: WatchView,
  path: string,
  documents: IDocumentManager,
  shell: JupyterFrontEnd.IShell
): Promise<void> {
  const front = shell.currentWidget;
  const { isVisible } = view;
  const place = placeOf(view);
  const opened = documents.openOrReveal(path, 'Notebook', undefined, {
    ref: view.id,
    mode: 'tab-after',
    // A tab that nobody looks at must not come to the front.
    activate: isVisible
  });
  if (opened === undefined) {
    return;
  }
  if (isVisible && front !== null && front !== view) {
    // Beside the view, the reader works on something else.
    shell.activateById(front.id);
  }
  const panel = opened as unknown as NotebookPanel;
  await panel.revealed;
  view.dispose();
  if (isVisible) {
    if (shell.currentWidget === null) {
      shell.activateById(panel.id);
    }
    keepPlace(panel, place);
  }
}

/** What the reader looks at: a cell, and how far below the upper edge it begins, in pixels. */
interface IPlace {
  id: string;
  below: number;
}

function placeOf(view: WatchView): IPlace | null {
  const { top } = view.content.outerNode.getBoundingClientRect();
  for (const cell of view.content.widgets) {
    const box = cell.node.getBoundingClientRect();
    if (box.bottom > top) {
      return { id: cell.model.id, below: box.top - top };
    }
  }
  return null;
}

/** Scroll to a place, and stay there while the notebook draws its cells, unless the reader moves. */
function keepPlace({ content }: NotebookPanel, place: IPlace | null): void {
  const { outerNode, viewportNode } = content;
  // By id: the notebook of one that failed has cells that it had not while it ran.
  const cell = content.widgets.find(one => one.model.id === place?.id);
  if (cell === undefined || place === null) {
    return;
  }
  const scroll = (): void => {
    const below = cell.node.getBoundingClientRect().top - outerNode.getBoundingClientRect().top;
    outerNode.scrollTop += below - place.below;
  };
  const sizes = new ResizeObserver(scroll);
  const stop = (): void => {
    sizes.disconnect();
    for (const gesture of GESTURES) {
      outerNode.removeEventListener(gesture, stop);
    }
  };
  for (const gesture of GESTURES) {
    outerNode.addEventListener(gesture, stop, { passive: true });
  }
  sizes.observe(viewportNode);
  setTimeout(stop, DRAWING_LASTS);
  scroll();
}
