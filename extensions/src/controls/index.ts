import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { CONTROL_MIME_TYPE } from './control.ts';
import { ControlRenderer } from './renderer.ts';

type NotebookContext = DocumentRegistry.IContext<INotebookModel>;

/** Before the note in Markdown that is in the same output for viewers without this extension. */
const RANK = -1;

/** Draws controls in notebooks; each notebook has its own kernel to ask whether they are alive. */
export const controls: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:controls',
  description: 'Shows controls while their kernel is alive, and a note otherwise.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, context: NotebookContext) => addRenderer(panel, context, trans)
    });
  }
};

function addRenderer(panel: NotebookPanel, context: NotebookContext, trans: TranslationBundle): void {
  const { rendermime } = panel.content;
  rendermime.addFactory(
    {
      safe: true,
      mimeTypes: [CONTROL_MIME_TYPE],
      createRenderer: () => new ControlRenderer(rendermime, context.sessionContext, trans)
    },
    RANK
  );
}
