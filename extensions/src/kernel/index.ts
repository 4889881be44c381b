import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, showErrorMessage } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { type Api, pathOf, wordsOf } from '../api/client.ts';
import { IConnection } from '../api/index.ts';
import type { ReductionAnswer } from '../api/types.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { reductionOf } from '../front.ts';
import { isRecord } from '../records/record.ts';
import { ReductionKernel } from './panel.ts';

/** Gives executed notebooks the live kernel of their reduction. */
export const kernel: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:kernel',
  description: 'Opens executed notebooks with a live kernel in the state after the reduction.',
  autoStart: true,
  requires: [IConnection],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    { api }: IConnection,
    palette: ICommandPalette | null,
    given: ITranslator | null
  ): void => {
    const trans = (given ?? nullTranslator).load('nbreduce');
    const kernels = new WeakMap<NotebookPanel, ReductionKernel>();

    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, context: DocumentRegistry.IContext<INotebookModel>) => {
        // Not before the banner is there, which is above.
        void panel.revealed.then(() => {
          const name = reductionOf(panel);
          if (!panel.isDisposed && name !== null && isRecord(context.model.getMetadata('nbreduce'))) {
            kernels.set(panel, new ReductionKernel(panel, name, api, trans));
          }
        });
      }
    });

    app.commands.addCommand(Commands.openWithKernel, {
      label: trans.__('Open with Kernel'),
      caption: trans.__('Go on with this reduction in a live kernel, where it ended'),
      isEnabled: args => nameFrom(app, args) !== null,
      execute: async args => {
        const name = nameFrom(app, args);
        if (name === null) {
          return;
        }
        const panel = await notebookOf(app, api, trans, name);
        await panel?.revealed;
        if (panel !== null) {
          await kernels.get(panel)?.open();
        }
      }
    });
    palette?.addItem({ command: Commands.openWithKernel, category: CATEGORY });
  }
};

/** The reduction that a command is about: named, or the one in front. */
function nameFrom(app: JupyterFrontEnd, args: { name?: unknown }): string | null {
  return typeof args.name === 'string' ? args.name : reductionOf(app.shell.currentWidget);
}

/** The notebook in front where it shows the reduction, else the executed notebook itself; null where there is none. */
async function notebookOf(
  app: JupyterFrontEnd,
  api: Api,
  trans: TranslationBundle,
  name: string
): Promise<NotebookPanel | null> {
  const title = trans.__('Cannot open %1 with a kernel', name);
  const front = app.shell.currentWidget;
  if (isNotebook(front) && reductionOf(front) === name) {
    return front;
  }
  try {
    const { notebook } = await api.get<ReductionAnswer>(`reductions/${pathOf(name)}`);
    if (!notebook) {
      await showErrorMessage(title, trans.__('It has no executed notebook that this server reaches.'));
      return null;
    }
    const opened: unknown = await app.commands.execute('docmanager:open', { path: notebook, factory: 'Notebook' });
    if (!isNotebook(opened)) {
      return null;
    }
    return opened;
  } catch (error) {
    await showErrorMessage(title, wordsOf(error));
    return null;
  }
}

function isNotebook(widget: unknown): widget is NotebookPanel {
  const found = widget as Partial<NotebookPanel> | null | undefined;
  return found?.sessionContext !== undefined && found.contentHeader !== undefined && found.content !== undefined;
}
