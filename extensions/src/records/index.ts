import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';

import { isRecord } from './record.ts';

/**
 * Opens executed notebooks without a kernel and without asking for one.
 *
 * They are read, not run. A kernel starts when the reader runs a cell or chooses one.
 */
export const records: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:records',
  description: 'Opens executed notebooks without starting a kernel.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    app.docRegistry.addWidgetExtension('Notebook', { createNew: leaveKernelAlone });
  }
};

/**
 * JupyterLab starts the kernel after the content is there and a listing of sessions came back, and
 * reads the preference only then.
 */
function leaveKernelAlone(
  _panel: NotebookPanel,
  context: DocumentRegistry.IContext<INotebookModel>
): void {
  void context.ready.then(() => {
    if (!context.isDisposed && isRecord(context.model.getMetadata('nbreduce'))) {
      const { sessionContext } = context;
      sessionContext.kernelPreference = {
        ...sessionContext.kernelPreference,
        shouldStart: false,
        autoStartDefault: true
      };
    }
  });
}
