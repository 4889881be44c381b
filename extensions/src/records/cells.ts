import { Notebook, type StaticNotebook } from '@jupyterlab/notebook';

import { type ICell, indexOfCodeCell, indexOfFailedCell, indexOfTag } from './record.ts';

/** Show a cell, and make it the active one. */
export async function goToCell(notebook: StaticNotebook, index: number): Promise<void> {
  if (index < 0 || index >= notebook.widgets.length) {
    return;
  }
  if (notebook instanceof Notebook) {
    notebook.deselectAll();
    notebook.activeCellIndex = index;
  }
  await bringIntoView(notebook, index);
}

/** Scroll to a cell, unless something else scrolls meanwhile: JupyterLab then rejects, and the newer wish counts. */
export async function bringIntoView(notebook: StaticNotebook, index: number): Promise<void> {
  try {
    await notebook.scrollToItem(index, 'smart');
  } catch (reason) {
    console.debug('nbreduce: a cell is not scrolled to', reason);
  }
}

export async function goToCodeCell(notebook: StaticNotebook, number: number): Promise<void> {
  await goToCell(notebook, indexOfCodeCell(cellsOf(notebook), number));
}

export async function goToFailedCell(notebook: StaticNotebook): Promise<void> {
  await goToCell(notebook, indexOfFailedCell(cellsOf(notebook)));
}

export async function goToParameters(notebook: StaticNotebook): Promise<void> {
  await goToCell(notebook, indexOfTag(cellsOf(notebook), 'parameters'));
}

/** Mark the cell that holds the values which the platform put in. */
export function markInjected(notebook: StaticNotebook, label: string): void {
  const cell = notebook.widgets[indexOfTag(cellsOf(notebook), 'injected-parameters')];
  if (cell === undefined || cell.hasClass('nbreduce-Injected')) {
    return;
  }
  cell.addClass('nbreduce-Injected');
  const mark = document.createElement('div');
  mark.className = 'nbreduce-Injected-label';
  mark.textContent = label;
  cell.node.prepend(mark);
}

export function hasFailedCell(notebook: StaticNotebook): boolean {
  return indexOfFailedCell(cellsOf(notebook)) >= 0;
}

function cellsOf(notebook: StaticNotebook): ICell[] {
  return notebook.widgets.map(cell => cell.model as unknown as ICell);
}
