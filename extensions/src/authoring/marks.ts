import type { Cell, ICellModel } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { type PanelLayout, Widget } from '@lumino/widgets';

import type { TemplateProblem } from '../api/types.ts';
import { bringIntoView } from '../records/cells.ts';
import { nextAfter, sentence, severityWord } from './problems.ts';

/** What the check says of a notebook's cells, under each. */
export class CellMarks implements IDisposable {
  constructor(notebook: Notebook, trans: TranslationBundle) {
    this.notebook = notebook;
    this.trans = trans;
  }

  /** A cell's mark went away with its cell. */
  get cleared(): ISignal<this, void> {
    return this._cleared;
  }

  get count(): number {
    return this.marks.size;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.clear();
      Signal.clearData(this);
    }
  }

  /** Show the problems of cells, in place of those that are shown. */
  show(problems: ReadonlyMap<ICellModel, readonly TemplateProblem[]>): void {
    this.clear();
    for (const cell of this.notebook.widgets) {
      const found = problems.get(cell.model);
      if (found !== undefined) {
        this.mark(cell, found);
      }
    }
  }

  /** Take the marks of all other cells away. */
  keep(problems: ReadonlyMap<ICellModel, unknown>): void {
    for (const cell of [...this.marks.keys()]) {
      if (!problems.has(cell.model)) {
        this.unmark(cell);
      }
    }
  }

  clear(): void {
    this.keep(new Map());
  }

  /** Go to the next cell with a mark. */
  async next(): Promise<void> {
    const places = [...this.marks.keys()].map(cell => this.notebook.widgets.indexOf(cell));
    const index = nextAfter(
      places.filter(place => place >= 0),
      this.notebook.activeCellIndex
    );
    if (index === null) {
      return;
    }
    this.notebook.activeCellIndex = index;
    this.notebook.deselectAll();
    await bringIntoView(this.notebook, index);
    const cell = this.notebook.widgets[index];
    (cell && this.marks.get(cell))?.node.focus({ preventScroll: true });
  }

  private mark(cell: Cell, problems: readonly TemplateProblem[]): void {
    const mark = new Mark(problems, this.trans);
    this.marks.set(cell, mark);
    cell.disposed.connect(this.gone, this);
    // A cell that was never in view has no body yet.
    void cell.ready.then(() => {
      if (!mark.isDisposed && !cell.isDisposed) {
        insertUnderInput(cell, mark);
      }
    });
  }

  private unmark(cell: Cell): void {
    const mark = this.marks.get(cell);
    this.marks.delete(cell);
    cell.disposed.disconnect(this.gone, this);
    mark?.dispose();
  }

  private gone(cell: Widget): void {
    this.unmark(cell as Cell);
    this._cleared.emit();
  }

  private readonly notebook: Notebook;
  private readonly trans: TranslationBundle;
  private readonly marks = new Map<Cell, Mark>();
  private _cleared = new Signal<this, void>(this);
  private _isDisposed = false;
}

class Mark extends Widget {
  constructor(problems: readonly TemplateProblem[], trans: TranslationBundle) {
    super();
    this.addClass('nbreduce-Mark');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('What the check says of this cell'));
    for (const problem of problems) {
      this.node.append(paragraph(problem, trans));
    }
  }
}

function paragraph(problem: TemplateProblem, trans: TranslationBundle): HTMLElement {
  const node = document.createElement('p');
  node.className = `nbreduce-Notice nbreduce-Notice-${problem.severity}`;
  const word = document.createElement('strong');
  word.textContent = severityWord(problem, trans);
  node.append(word, ` ${sentence(problem, trans)}`);
  return node;
}

function insertUnderInput(cell: Cell, mark: Widget): void {
  const layout = cell.layout as PanelLayout;
  const input = layout.widgets.findIndex(widget => widget.hasClass('jp-Cell-inputWrapper'));
  layout.insertWidget(input + 1, mark);
}
