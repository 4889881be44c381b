import type { CodeCell, ICodeCellModel } from '@jupyterlab/cells';
import type * as nbformat from '@jupyterlab/nbformat';
import { NotebookModel, type NotebookWidgetFactory, StaticNotebook } from '@jupyterlab/notebook';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import type { WatchLine } from '../api/types.ts';
import { type IOutput, stepsTo } from './outputs.ts';
import { type CellLook, cellLook, type IStory } from './story.ts';
import { besideWords } from './words.ts';

const LOOKS: readonly CellLook[] = ['done', 'failed', 'running', 'waiting'];

/** A notebook that fills while someone else executes it: nothing in it can be changed or run. */
export class WatchedNotebook extends StaticNotebook {
  constructor(factory: NotebookWidgetFactory, translator: ITranslator) {
    super({
      rendermime: factory.rendermime.clone(),
      contentFactory: factory.contentFactory,
      mimeTypeService: factory.mimeTypeService,
      editorConfig: factory.editorConfig,
      // All cells are in the page, so that the running one can be found and followed.
      notebookConfig: { ...factory.notebookConfig, windowingMode: 'none' },
      translator
    });
    this.trans = translator.load('nbreduce');
    this.addClass('nbreduce-Watch-notebook');
    // By these, JupyterLab's shortcuts find what they could run, undo or interrupt.
    for (const name of ['jpKernelUser', 'jpCodeRunner', 'jpUndoer']) {
      delete this.node.dataset[name];
    }
  }

  override dispose(): void {
    const { model } = this;
    super.dispose();
    model?.dispose();
  }

  /** Show what a line tells; how its cells look is for {@link mark}. */
  take(line: WatchLine): void {
    switch (line.kind) {
      case 'notebook':
        this.begin(line.content as unknown as nbformat.INotebookContent);
        break;
      case 'outputs':
        this.change(line.index, line.from, line.outputs as unknown as IOutput[]);
        break;
      case 'end': {
        const cell = this.codeModel(line.index);
        if (cell !== null) {
          cell.executionCount = line.execution_count;
        }
        break;
      }
      default:
        break;
    }
  }

  /** Let each cell look as it stands; times count up to `now`, in ms. */
  mark(story: IStory, now: number): void {
    for (const [index, cell] of this.widgets.entries()) {
      const look = cellLook(story, index, cell.model.type === 'code');
      for (const one of LOOKS) {
        cell.toggleClass(`nbreduce-mod-${one}`, one === look);
      }
      if (look === 'running') {
        cell.node.setAttribute('aria-busy', 'true');
      } else {
        cell.node.removeAttribute('aria-busy');
      }
      const model = this.codeModel(index);
      if (model !== null) {
        model.executionState = look === 'running' ? 'running' : 'idle';
      }
      this.writeBeside(index, cell.node, story, now);
    }
  }

  private begin(content: nbformat.INotebookContent): void {
    for (const cell of content.cells) {
      cell.metadata = { ...cell.metadata, editable: false, deletable: false };
    }
    const before = this.model;
    const model = new NotebookModel();
    model.fromJSON(content);
    this.outputs.clear();
    this.model = model;
    before?.dispose();
  }

  private change(index: number, from: number, changed: readonly IOutput[]): void {
    const model = this.codeModel(index);
    if (model === null) {
      return;
    }
    const before = this.outputs.get(index) ?? [];
    this.outputs.set(index, [...before.slice(0, from), ...changed]);
    for (const step of stepsTo(before, from, changed)) {
      switch (step.do) {
        case 'add':
          model.outputs.add(step.output as nbformat.IOutput);
          break;
        case 'set':
          model.outputs.set(step.index, step.output as nbformat.IOutput);
          break;
        case 'reset':
          model.outputs.fromJSON(step.outputs as nbformat.IOutput[]);
          break;
      }
    }
  }

  private codeModel(index: number): ICodeCellModel | null {
    const cell = this.widgets[index];
    return cell?.model.type === 'code' ? (cell as CodeCell).model : null;
  }

  private writeBeside(index: number, node: HTMLElement, story: IStory, now: number): void {
    const text = this.codeModel(index) === null ? '' : besideWords(story, index, now, this.trans);
    let place = node.querySelector<HTMLElement>(':scope > .nbreduce-Watch-beside');
    if (text === '') {
      place?.remove();
      return;
    }
    if (place === null) {
      place = document.createElement('span');
      place.className = 'nbreduce-Watch-beside';
      node.append(place);
    }
    if (place.textContent !== text) {
      place.textContent = text;
    }
  }

  private readonly trans: TranslationBundle;
  /** As they stand in the notebook, by cell; JupyterLab's models join some of them. */
  private readonly outputs = new Map<number, IOutput[]>();
}
