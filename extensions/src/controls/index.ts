import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';

import { CONTROL_MIME_TYPE } from './control.ts';
import { ControlRenderer } from './renderer.ts';

/** Before the note in Markdown that is in the same output for viewers without this extension. */
const RANK = -1;

/** Draws controls in notebooks; each notebook has its own kernel to ask whether they are alive. */
export const controls: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:controls',
  description: 'Shows controls while their kernel is alive, and a note otherwise.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    app.docRegistry.addWidgetExtension('Notebook', { createNew: addRenderer });
  }
};

function addRenderer(
  panel: NotebookPanel,
  context: DocumentRegistry.IContext<INotebookModel>
): void {
  const { rendermime } = panel.content;
  rendermime.addFactory(
    {
      safe: true,
      mimeTypes: [CONTROL_MIME_TYPE],
      createRenderer: () => new ControlRenderer(rendermime, context.sessionContext)
    },
    RANK
  );
}
