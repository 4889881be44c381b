import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { showErrorMessage, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookWidgetFactory, type NotebookWidgetFactory } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { ApiError, pathOf, wordsOf } from '../api/client.ts';
import { IConnection } from '../api/index.ts';
import type { ReductionAnswer } from '../api/types.ts';
import { Commands } from '../commands.ts';
import { hasEnded } from '../words/states.ts';
import { cancelReduction } from './cancel.ts';
import type { WatchView } from './view.ts';
import { endWords } from './words.ts';

/** Restores one view at the start of JupyterLab; it is in no menu. */
const RESTORE = 'nbreduce:restore-watch';

const NAMED = {
  type: 'object',
  properties: { name: { type: 'string', description: 'Name of the reduction' } },
  required: ['name']
} as const;

/** Opens reductions: the executed notebook, or a view of one that still runs. */
export const watch: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:watch',
  description: 'Opens, watches and cancels reductions.',
  autoStart: true,
  requires: [IConnection, IDocumentManager, INotebookWidgetFactory],
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    { api }: IConnection,
    documents: IDocumentManager,
    factory: NotebookWidgetFactory.IFactory,
    restorer: ILayoutRestorer | null,
    optionalTranslator: ITranslator | null
  ): void => {
    const translator = optionalTranslator ?? nullTranslator;
    const trans = translator.load('nbreduce');
    const tracker = new WidgetTracker<WatchView>({ namespace: 'nbreduce-watch' });

    const ask = (name: string): Promise<ReductionAnswer> => api.get(`reductions/${pathOf(name)}`);

    const watchIt = async (about: ReductionAnswer): Promise<Widget> => {
      const [{ WatchView }, { finish }] = await Promise.all([import('./view.ts'), import('./finish.ts')]);
      const { name } = about.reduction;
      const open = tracker.find(view => view.reductionName === name);
      if (open !== undefined) {
        app.shell.activateById(open.id);
        return open;
      }
      const cancel = (): void => void app.commands.execute(Commands.cancel, { name });
      const view = new WatchView({
        about,
        api,
        factory: factory as NotebookWidgetFactory,
        translator,
        cancel
      });
      view.ended.connect((_, { notebook }) => {
        if (notebook !== null && notebook !== undefined) {
          void finish(view, notebook, documents, app.shell);
        }
      });
      void tracker.add(view);
      app.shell.add(view, 'main');
      app.shell.activateById(view.id);
      return view;
    };

    const openNotebook = (about: ReductionAnswer): Widget | undefined => {
      const { state, reason } = about.reduction;
      if (about.notebook === null) {
        throw new ApiError(endWords(state, reason, trans), 0);
      }
      return documents.openOrReveal(about.notebook, 'Notebook');
    };

    app.commands.addCommand(Commands.open, {
      label: trans.__('Open'),
      describedBy: { args: NAMED },
      execute: async (args): Promise<Widget | undefined> => {
        const name = String(args.name);
        try {
          const about = await ask(name);
          return hasEnded(about.reduction.state) ? openNotebook(about) : await watchIt(about);
        } catch (error) {
          const words = wordsOf(error);
          await showErrorMessage(trans.__('%1 cannot be opened', name), words);
          return undefined;
        }
      }
    });
    app.commands.addCommand(Commands.cancel, {
      label: trans.__('Cancel…'),
      describedBy: { args: NAMED },
      execute: args => cancelReduction(api, String(args.name), trans)
    });

    if (restorer !== null) {
      app.commands.addCommand(RESTORE, {
        describedBy: { args: NAMED },
        // It asks nothing, since JupyterLab waits for it; what it refuses, JupyterLab forgets.
        execute: async args => {
          const about = await ask(String(args.name));
          if (hasEnded(about.reduction.state)) {
            if (about.notebook !== null) {
              // Not before: the layout that is being restored takes out what it does not know.
              void app.restored.then(() => openNotebook(about));
            }
            throw new ApiError(trans.__('%1 has ended', about.reduction.name), 0);
          }
          await watchIt(about);
        }
      });
      void restorer.restore(tracker, {
        command: RESTORE,
        args: view => ({ name: view.reductionName }),
        name: view => view.reductionName
      });
    }
  }
};
