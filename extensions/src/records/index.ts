import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';

import { delayReady, shareKernelStart } from './kernel.ts';
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

type Context = DocumentRegistry.IContext<INotebookModel>;

/**
 * The metadata are known once the content is there. JupyterLab reads the preference later, after a
 * listing of the sessions; the session context is ready later still.
 */
function leaveKernelAlone(_panel: NotebookPanel, context: Context): void {
  const { sessionContext } = context;
  delayReady(sessionContext, async () => {
    if (holdsRecord(context)) {
      await firstKernel(sessionContext);
    }
  });
  void context.ready.then(() => {
    if (holdsRecord(context)) {
      sessionContext.kernelPreference = {
        ...sessionContext.kernelPreference,
        shouldStart: false,
        autoStartDefault: true
      };
      shareKernelStart(sessionContext);
    }
  });
}

function holdsRecord(context: Context): boolean {
  return !context.isDisposed && isRecord(context.model.getMetadata('nbreduce'));
}

async function firstKernel(session: ISessionContext): Promise<void> {
  if (session.session?.kernel) {
    return;
  }
  await new Promise<void>(resolve => {
    const check = (): void => {
      if (session.session?.kernel) {
        session.kernelChanged.disconnect(check);
        resolve();
      }
    };
    session.kernelChanged.connect(check);
  });
}
