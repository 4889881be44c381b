import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { wordsOf } from '../api/client.ts';
import type { IConnection } from '../api/index.ts';
import type { TemplateList } from '../api/types.ts';
import type { TemplateAuthor } from './author.ts';
import { type ITemplate, labelOf, templateAt } from './places.ts';
import type { TemplateStrip } from './strip.tsx';

/** The templates that are open in notebooks. */
export class Authors {
  /** @param learnt - called when it is known where templates are. */
  constructor(
    app: JupyterFrontEnd,
    connection: IConnection,
    notebooks: INotebookTracker,
    trans: TranslationBundle,
    learnt: () => void
  ) {
    this.app = app;
    this.connection = connection;
    this.notebooks = notebooks;
    this.trans = trans;
    this.learnt = learnt;
    notebooks.widgetAdded.connect((_, panel) => {
      // A notebook that is renamed may become another template, or none.
      panel.context.pathChanged.connect(() => void this.meet(panel));
      panel.disposed.connect(() => this.open.delete(panel));
      void this.meet(panel);
    });
    connection.stream.stateChanged.connect((_, state) => {
      if (state === 'live' && this.folder === undefined) {
        void this.learnFolder();
        notebooks.forEach(panel => void this.meet(panel));
      }
    });
    void this.learnFolder();
  }

  templateAt(path: string): ITemplate | null {
    return templateAt(path, this.folder);
  }

  /** The template in front, null where another thing is. */
  get current(): TemplateAuthor | null {
    const panel = this.notebooks.currentWidget;
    return panel === null || panel !== this.app.shell.currentWidget ? null : (this.open.get(panel)?.author ?? null);
  }

  /** Ask where templates are; a failure is forgotten, so that it is asked again. */
  private learnFolder(): Promise<void> {
    this.asked ??= this.connection.api.get<TemplateList>('templates').then(
      list => {
        this.folder = list.folder ?? null;
        this.learnt();
      },
      (error: unknown) => {
        this.asked = null;
        // Without a workspace nothing is a template; others say so where it matters.
        console.warn(`nbreduce: templates are not known: ${wordsOf(error)}`);
      }
    );
    return this.asked;
  }

  /** Give a notebook the strip of the template that it is, and take away that of another. */
  private async meet(panel: NotebookPanel): Promise<void> {
    await Promise.all([this.learnFolder(), panel.context.ready]);
    if (this.templateAt(panel.context.path) === null && !this.open.has(panel)) {
      return;
    }
    const [{ TemplateAuthor }, { TemplateStrip }] = await Promise.all([import('./author.ts'), import('./strip.tsx')]);
    // Not earlier: it may have been renamed meanwhile, or closed.
    const template = panel.isDisposed ? null : this.templateAt(panel.context.path);
    const before = this.open.get(panel);
    if (before !== undefined && template !== null && labelOf(before.author.template) === labelOf(template)) {
      return;
    }
    before?.dispose();
    this.open.delete(panel);
    if (template !== null) {
      const author = new TemplateAuthor(panel, template, this.connection.api, this.trans);
      const strip = new TemplateStrip(author, this.app.commands, this.trans);
      this.open.set(panel, strip);
      panel.contentHeader.addWidget(strip);
    }
    this.app.commands.notifyCommandChanged();
  }

  private readonly app: JupyterFrontEnd;
  private readonly connection: IConnection;
  private readonly notebooks: INotebookTracker;
  private readonly trans: TranslationBundle;
  private readonly learnt: () => void;
  private readonly open = new Map<NotebookPanel, TemplateStrip>();
  /** Undefined while it is not known, null where Jupyter's contents do not reach it. */
  private folder: string | null | undefined = undefined;
  private asked: Promise<void> | null = null;
}
