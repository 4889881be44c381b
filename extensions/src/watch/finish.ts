import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';

import type { WatchView } from './view.ts';

/** Let the executed notebook take a view's place: its tab, and what the reader looks at. */
export async function finish(
  view: WatchView,
  path: string,
  documents: IDocumentManager,
  shell: JupyterFrontEnd.IShell
): Promise<void> {
  const front = shell.currentWidget;
  const { isVisible } = view;
  const first = firstVisibleCell(view);
  const opened = documents.openOrReveal(path, 'Notebook', undefined, {
    ref: view.id,
    mode: 'tab-after',
    // A tab that nobody looks at must not come to the front.
    activate: isVisible
  });
  if (opened === undefined) {
    return;
  }
  const panel = opened as unknown as NotebookPanel;
  await panel.revealed;
  view.dispose();
  if (isVisible) {
    giveBack(front, view, shell);
    // By id: the notebook of one that failed has cells that it had not while it ran.
    const index = panel.content.widgets.findIndex(cell => cell.model.id === first);
    if (index > 0) {
      await panel.content.scrollToItem(index, 'start');
    }
  }
}

function giveBack(front: Widget | null, view: Widget, shell: JupyterFrontEnd.IShell): void {
  if (front !== null && front !== view && !front.isDisposed) {
    shell.activateById(front.id);
  }
}

function firstVisibleCell(view: WatchView): string | undefined {
  const { top } = view.content.outerNode.getBoundingClientRect();
  const found = view.content.widgets.find(cell => cell.node.getBoundingClientRect().bottom > top);
  return found?.model.id;
}
