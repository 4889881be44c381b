import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { wordsOf } from '../api/client.ts';
import { IConnection } from '../api/index.ts';
import type { Created, TemplateList, TrialAnswer } from '../api/types.ts';
import { Commands } from '../commands.ts';
import { hasEnded } from '../words/states.ts';
import type { TemplateAuthor } from './author.ts';
import { badgeTemplates } from './badge.ts';
import { newInstrumentIcon, newTemplateIcon } from './icons.ts';
import { templateAt } from './places.ts';
import type { TrialFollower } from './trial.ts';
import type { TrialView } from './trialview.tsx';

const CATEGORY = 'nbreduce';

/** What is asked of a person: loaded when it is first needed. */
const actions = (): Promise<typeof import('./actions.tsx')> => import('./actions.tsx');

/** For those who write templates: check, try, publish, begin anew. */
export const authoring: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:authoring',
  description: 'Checks, tries and publishes templates, and makes new ones.',
  autoStart: true,
  requires: [IConnection, INotebookTracker],
  optional: [ITranslator, ILauncher, ILayoutRestorer, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    connection: IConnection,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    const authors = new Authors(app, connection, notebooks, trans);
    const folder = authors.learnFolder();
    badgeTemplates(path => authors.templateAt(path) !== null, trans);
    void folder.then(() => browser?.model.refresh());
    addTemplateCommands(app, authors, connection, trans);
    addTrialCommand(app, connection, restorer, trans);
    addCreation(app, connection, launcher, trans);
  }
};

/** The templates that are open in notebooks. */
class Authors {
  constructor(
    app: JupyterFrontEnd,
    connection: IConnection,
    notebooks: INotebookTracker,
    trans: TranslationBundle
  ) {
    this.app = app;
    this.connection = connection;
    this.notebooks = notebooks;
    this.trans = trans;
    notebooks.widgetAdded.connect((_, panel) => void this.meet(panel));
  }

  /** Ask where templates are. */
  learnFolder(): Promise<void> {
    this.known ??= this.connection.api.get<TemplateList>('templates').then(
      list => {
        this.folder = list.folder;
      },
      (error: unknown) => {
        // Without a workspace nothing is a template; others say so where it matters.
        console.warn(`nbreduce: templates are not known: ${wordsOf(error)}`);
      }
    );
    return this.known;
  }

  templateAt(path: string): ReturnType<typeof templateAt> {
    return templateAt(path, this.folder);
  }

  /** The template in front, null where another thing is. */
  get current(): TemplateAuthor | null {
    const panel = this.notebooks.currentWidget;
    return panel === null || panel !== this.app.shell.currentWidget ? null : (this.open.get(panel) ?? null);
  }

  private async meet(panel: NotebookPanel): Promise<void> {
    await Promise.all([this.learnFolder(), panel.context.ready]);
    const template = this.templateAt(panel.context.path);
    if (template === null) {
      return;
    }
    const [{ TemplateAuthor }, { TemplateStrip }] = await Promise.all([
      import('./author.ts'),
      import('./strip.tsx')
    ]);
    if (panel.isDisposed) {
      return;
    }
    const author = new TemplateAuthor(panel, template, this.connection.api, this.trans);
    this.open.set(panel, author);
    panel.disposed.connect(() => this.open.delete(panel));
    panel.contentHeader.addWidget(new TemplateStrip(author, this.app.commands, this.trans));
    this.app.commands.notifyCommandChanged();
  }

  private readonly app: JupyterFrontEnd;
  private readonly connection: IConnection;
  private readonly notebooks: INotebookTracker;
  private readonly trans: TranslationBundle;
  private readonly open = new Map<NotebookPanel, TemplateAuthor>();
  private folder: string | null | undefined = null;
  private known: Promise<void> | null = null;
}

function addTemplateCommands(
  app: JupyterFrontEnd,
  authors: Authors,
  { api }: IConnection,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const show = async (trial: Promise<TrialAnswer | null>): Promise<void> => {
    const made = await trial;
    if (made !== null) {
      await commands.execute(Commands.showTrial, { id: made.id, openResult: made.rows.length === 1 });
    }
  };
  const about = (
    command: string,
    label: string,
    caption: string,
    act: (author: TemplateAuthor) => Promise<unknown>
  ): void => {
    commands.addCommand(command, {
      label,
      caption,
      isEnabled: () => authors.current !== null,
      execute: async () => {
        if (authors.current !== null) {
          await act(authors.current);
        }
      },
      describedBy: { args: {} }
    });
  };
  about(Commands.checkTemplate, trans.__('Check'), trans.__('Say what is wrong with this template'), author =>
    author.check()
  );
  about(Commands.nextProblem, trans.__('Next problem'), trans.__('Go to the next cell with a problem (F8)'), author =>
    author.marks.next()
  );
  about(Commands.tryOnRun, trans.__('Try on a run…'), trans.__('Execute this draft on a run, apart from the archive'), author =>
    show(actions().then(({ askTryOnRun }) => askTryOnRun(author, api, trans)))
  );
  about(Commands.tryOnLast, trans.__('Try on last…'), trans.__('Compare what this draft gives with what was there before'), author =>
    show(actions().then(({ askTryOnLast }) => askTryOnLast(author, trans)))
  );
  about(Commands.publishTemplate, trans.__('Publish…'), trans.__('Record what is saved as the next version'), author =>
    actions().then(({ askPublish }) => askPublish(author, trans))
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
      widget.title.label = trans.__('Trial');
      widget.title.caption = trans.__('Trial of a template');
      widget.title.closable = true;
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
  for (const [rank, { command, label, icon, ask }] of cards.entries()) {
    app.commands.addCommand(command, {
      label,
      icon,
      caption: trans.__('Begin with a small one that works'),
      execute: () => created(app, import('./create.tsx').then(create => create[ask](api, trans)), trans),
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
    const path = (await asked)?.path;
    if (path) {
      await app.commands.execute('docmanager:open', { path });
    }
  } catch (error) {
    Notification.error(trans.__('Nothing was made: %1', wordsOf(error)), { autoClose: 8000 });
  }
}
