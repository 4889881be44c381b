import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, type ISessionContext } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IConnection } from '../api/index.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { reductionOf } from '../front.ts';
import { CopyBanner } from './banner.tsx';
import { workOnCopy } from './copy.ts';
import { delayReady, shareKernelStart } from './kernel.ts';
import { isRecord, originOf, readRecord } from './record.ts';
import { isNeverSaved } from './saving.ts';
import { sealNotebook } from './sealed.ts';

type Context = DocumentRegistry.IContext<INotebookModel>;

/**
 * Opens executed notebooks as what they are: read, not run, and never saved.
 *
 * A kernel starts when the reader runs a cell or chooses one.
 */
export const records: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:records',
  description: 'Opens executed notebooks without a kernel, says what they are, and makes copies to work on.',
  autoStart: true,
  requires: [IConnection],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    connection: IConnection,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    const known = new WeakSet<Context>();
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, context: Context) => {
        // Each further view of a notebook is made with the context of the first.
        if (!known.has(context)) {
          known.add(context);
          leaveKernelAlone(context);
        }
        void context.ready.then(() => {
          if (context.isDisposed) {
            return;
          }
          const record = readRecord(context.model.getMetadata('nbreduce'));
          const origin = originOf(context.model.getMetadata('nbreduce_copy_of')) ?? record?.name ?? null;
          // What was copied by hand has the metadata of a record too, but can be written.
          if (record !== null && isNeverSaved(context)) {
            sealNotebook(panel, record, { app, connection, trans });
          } else if (origin !== null) {
            panel.contentHeader.addWidget(new CopyBanner({ origin, commands: app.commands, trans }));
          }
        });
      }
    });
    app.commands.addCommand(Commands.workOnCopy, {
      label: trans.__('Work on a Copy'),
      caption: trans.__('Copy this executed notebook into a folder of your own, and open the copy'),
      isEnabled: args => nameFrom(app, args) !== null,
      execute: async args => {
        const name = nameFrom(app, args);
        return name === null
          ? false
          : workOnCopy(app, connection.api, trans, name, panelOf(app, name));
      }
    });
    palette?.addItem({ command: Commands.workOnCopy, category: CATEGORY });
  }
};

/** The reduction that a command is about: named, or the one in front. */
function nameFrom(app: JupyterFrontEnd, args: { name?: unknown; path?: unknown }): string | null {
  if (typeof args.name === 'string') {
    return args.name;
  }
  if (typeof args.path === 'string') {
    return /([^/]+)\.ipynb$/.exec(args.path)?.[1] ?? null;
  }
  return reductionOf(app.shell.currentWidget);
}

/** The open notebook that is the record of a reduction. */
function panelOf(app: JupyterFrontEnd, name: string): NotebookPanel | null {
  for (const widget of app.shell.widgets('main')) {
    if (widget.hasClass('nbreduce-Record') && reductionOf(widget) === name) {
      return widget as NotebookPanel;
    }
  }
  return null;
}

/**
 * The metadata are known once the content is there. JupyterLab reads the preference later, after a
 * listing of the sessions; the session context is ready later still.
 */
function leaveKernelAlone(context: Context): void {
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
