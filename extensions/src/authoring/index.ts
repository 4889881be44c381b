import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { wordsOf } from '../api/client.ts';
import { IConnection } from '../api/index.ts';
import type { Created, TrialAnswer } from '../api/types.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { Once } from '../once.ts';
import { hasEnded } from '../words/states.ts';
import { exactly } from '../words/times.ts';
import type { TemplateAuthor } from './author.ts';
import { Authors } from './authors.ts';
import { badgeTemplates } from './badge.ts';
import { newInstrumentIcon, newTemplateIcon, trialIcon } from './icons.ts';
import { labelOf } from './places.ts';
import type { TrialFollower } from './trial.ts';
import type { TrialView } from './trialview.tsx';

const IN_PALETTE = [
  Commands.checkTemplate,
  Commands.nextProblem,
  Commands.tryOnRun,
  Commands.tryOnLast,
  Commands.publishTemplate,
  Commands.newTemplate,
  Commands.newInstrument
];

/** What is asked of a person: loaded when it is first needed. */
const actions = (): Promise<typeof import('./actions.tsx')> => import('./actions.tsx');

/** For those who write templates: check, try, publish, begin anew. */
export const authoring: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:authoring',
  description: 'Checks, tries and publishes templates, and makes new ones.',
  autoStart: true,
  requires: [IConnection, INotebookTracker],
  optional: [ITranslator, ILauncher, ILayoutRestorer, IDefaultFileBrowser, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    connection: IConnection,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    const authors = new Authors(app, connection, notebooks, trans, () => void browser?.model.refresh());
    badgeTemplates(path => authors.templateAt(path) !== null, trans);
    addTemplateCommands(app, authors, connection, trans);
    addTrialCommand(app, connection, restorer, trans);
    addCreation(app, connection, launcher, trans);
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category: CATEGORY, args: { isPalette: true } });
    }
  }
};

function addTemplateCommands(
  app: JupyterFrontEnd,
  authors: Authors,
  { api }: IConnection,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const show = async (made: TrialAnswer | null): Promise<void> => {
    if (made !== null) {
      await commands.execute(Commands.showTrial, { id: made.id, openResult: made.rows.length === 1 });
    }
  };
  const deeds = new Once<string>();
  const about = (
    command: string,
    words: { label: string; palette: string; caption: string },
    act: (author: TemplateAuthor) => Promise<unknown>
  ): void => {
    commands.addCommand(command, {
      label: args => (args['isPalette'] ? words.palette : words.label),
      caption: words.caption,
      isEnabled: () => authors.current !== null,
      execute: async () => {
        const author = authors.current;
        if (author !== null) {
          await deeds.do(`${command} ${author.panel.id}`, async () => void (await act(author)));
        }
      },
      describedBy: { args: {} }
    });
  };
  about(
    Commands.checkTemplate,
    {
      label: trans.__('Check'),
      palette: trans.__('Check Template'),
      caption: trans.__('Say what is wrong with this template')
    },
    author => author.check()
  );
  about(
    Commands.nextProblem,
    {
      label: trans.__('Next problem'),
      palette: trans.__('Next Problem of Template'),
      caption: trans.__('Go to the next cell with a problem (F8)')
    },
    author => author.marks.next()
  );
  about(
    Commands.tryOnRun,
    {
      label: trans.__('Try on a run…'),
      palette: trans.__('Try Template on a Run…'),
      caption: trans.__('Execute this draft on a run, apart from the archive')
    },
    async author => show(await (await actions()).askTryOnRun(author, api, trans))
  );
  about(
    Commands.tryOnLast,
    {
      label: trans.__('Try on last…'),
      palette: trans.__('Try Template on the Last Runs…'),
      caption: trans.__('Compare what this draft gives with what was there before')
    },
    async author => show(await (await actions()).askTryOnLast(author, trans))
  );
  about(
    Commands.publishTemplate,
    {
      label: trans.__('Publish…'),
      palette: trans.__('Publish Template…'),
      caption: trans.__('Record what is saved as the next version')
    },
    async author => (await actions()).askPublish(author, trans)
  );
  commands.addKeyBinding({ command: Commands.nextProblem, keys: ['F8'], selector: '.jp-NotebookPanel' });
}

function addTrialCommand(
  app: JupyterFrontEnd,
  { api }: IConnection,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const tracker = new WidgetTracker<MainAreaWidget<TrialView>>({ namespace: 'nbreduce-trials' });
  const ids = new Map<string, string>();
  app.commands.addCommand(Commands.showTrial, {
    label: trans.__('Show trial'),
    describedBy: { args: { type: 'object', properties: { id: { type: 'string' } } } },
    execute: async args => {
      const [{ TrialFollower }, { TrialView }] = await Promise.all([
        import('./trial.ts'),
        import('./trialview.tsx')
      ]);
      const follower = new TrialFollower(api, String(args['id']));
      const widget = new MainAreaWidget({ content: new TrialView(follower, app.commands, trans) });
      widget.id = `nbreduce-trial-${follower.id}`;
      widget.toolbar.hide();
      widget.title.icon = trialIcon;
      widget.title.closable = true;
      const name = (): void => {
        const { trial } = follower;
        const what = trial === null ? '' : labelOf({ instrument: trial.instrument, name: trial.template });
        widget.title.label = what === '' ? trans.__('Trial') : trans.__('Trial of %1', what);
        widget.title.caption = trial === null ? '' : exactly(trial.created);
      };
      name();
      follower.changed.connect(name);
      ids.set(widget.id, follower.id);
      if (args['openResult'] === true) {
        openAtEnd(app, follower);
      }
      app.shell.add(widget, 'main', { mode: 'tab-after' });
      void tracker.add(widget);
      return widget;
    }
  });
  void restorer?.restore(tracker, {
    command: Commands.showTrial,
    args: widget => ({ id: ids.get(widget.id) ?? '' }),
    name: widget => widget.id
  });
}

/** Open the only result of a trial as soon as it is there. */
function openAtEnd(app: JupyterFrontEnd, follower: TrialFollower): void {
  const look = (): void => {
    if (follower.trial === null || !hasEnded(follower.trial.state)) {
      return;
    }
    follower.changed.disconnect(look);
    const path = follower.trial.rows[0]?.notebook;
    if (path) {
      void app.commands.execute('docmanager:open', { path });
    }
  };
  follower.changed.connect(look);
}

function addCreation(
  app: JupyterFrontEnd,
  { api }: IConnection,
  launcher: ILauncher | null,
  trans: TranslationBundle
): void {
  const cards = [
    { command: Commands.newTemplate, label: trans.__('New template'), icon: newTemplateIcon, ask: 'askNewTemplate' },
    { command: Commands.newInstrument, label: trans.__('New instrument'), icon: newInstrumentIcon, ask: 'askNewInstrument' }
  ] as const;
  const deeds = new Once<string>();
  for (const [rank, { command, label, icon, ask }] of cards.entries()) {
    app.commands.addCommand(command, {
      label,
      icon: args => (args['isPalette'] ? undefined : icon),
      caption: trans.__('Begin with a small one that works'),
      execute: () => deeds.do(command, () => created(app, import('./create.tsx').then(create => create[ask](api, trans)), trans)),
      describedBy: { args: {} }
    });
    launcher?.add({ command, category: CATEGORY, rank });
  }
}

async function created(
  app: JupyterFrontEnd,
  asked: Promise<Created | null>,
  trans: TranslationBundle
): Promise<void> {
  try {
    const made = await asked;
    if (made?.path) {
      await app.commands.execute('docmanager:open', { path: made.path });
    } else if (made !== null) {
      const where = trans.__('%1 was made. JupyterLab does not reach that folder, so it is not opened here.', made.file);
      Notification.success(where, { autoClose: false });
    }
  } catch (error) {
    Notification.error(trans.__('Nothing was made: %1', wordsOf(error)), { autoClose: 8000 });
  }
}
