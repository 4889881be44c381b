import { type JupyterFrontEnd, type JupyterFrontEndPlugin, ILabShell } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { pathOf } from '../api/client.ts';
import { IConnection } from '../api/index.ts';
import type { ReductionAnswer } from '../api/types.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { reductionOf } from '../front.ts';
import { type ICells, type ITaggedCell, readCells } from './cells.ts';
import type { IStanding } from './follow.ts';
import type { RerunModel } from './model.ts';
import { newsOf, whenOver } from './over.ts';
import type { RerunPanel } from './panel.tsx';
import { addToolbarButton } from './toolbar.ts';

const PANEL_ID = 'nbreduce-rerun';

/** Reduces again with other values: by a form at the side, or by the notebook's own edited cells. */
export const rerun: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:rerun',
  description: 'Reruns a reduction with other values.',
  autoStart: true,
  requires: [IConnection],
  optional: [ITranslator, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    connection: IConnection,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ): void => {
    const language = translator ?? nullTranslator;
    const desk = new Desk(app, connection, language, labShell);
    app.commands.addCommand(Commands.rerun, {
      label: desk.trans.__('Rerun…'),
      caption: desk.trans.__('Reduce the run again with other values, as a new version'),
      icon: refreshIcon,
      isEnabled: args => desk.nameOf(args) !== null,
      execute: args => desk.begin(desk.nameOf(args)),
      describedBy: {
        args: { type: 'object', properties: { name: { type: 'string', description: 'A reduction.' } } }
      }
    });
    app.commands.addCommand(Commands.rerunMany, {
      label: desk.trans.__('Rerun Many…'),
      caption: desk.trans.__('Reduce many runs again: those selected, or a range of run numbers'),
      icon: refreshIcon,
      execute: args => desk.beginMany(namesOf(args)),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            names: { type: 'array', items: { type: 'string' }, description: 'Reductions; none asks for runs.' }
          }
        }
      }
    });
    for (const command of [Commands.rerun, Commands.rerunMany]) {
      palette?.addItem({ command, category: CATEGORY });
    }
    labShell?.currentChanged.connect(() => app.commands.notifyCommandChanged(Commands.rerun));
    addToolbarButton(app, desk.trans);
  }
};

class Desk {
  constructor(
    app: JupyterFrontEnd,
    connection: IConnection,
    translator: ITranslator,
    labShell: ILabShell | null
  ) {
    this._app = app;
    this._connection = connection;
    this._translator = translator;
    this._labShell = labShell;
    this.trans = translator.load('nbreduce');
  }

  readonly trans: TranslationBundle;

  nameOf(args: ReadonlyPartialJSONObject): string | null {
    return typeof args.name === 'string' ? args.name : reductionOf(this._app.shell.currentWidget);
  }

  /** Show the form; where the notebook is in front, with what was edited in its cells. */
  async begin(name: string | null): Promise<void> {
    if (name === null) {
      return;
    }
    const { currentWidget } = this._app.shell;
    const cells = reductionOf(currentWidget) === name ? cellsOf(currentWidget) : null;
    // Only now: the form library is larger than all else of this extension but the plots.
    const [{ RerunPanel }, { RerunModel }] = await Promise.all([import('./panel.tsx'), import('./model.ts')]);
    this._panel?.dispose();
    const model = new RerunModel(this._connection, name, cells);
    const panel = new RerunPanel(
      model,
      { open: one => void this._open(one), again: one => void this.begin(one) },
      this._translator
    );
    whenOver(
      model,
      () => !panel.isDisposed,
      standing => this._tell(panel, model, standing)
    );
    this._show(panel);
  }

  async beginMany(names: string[]): Promise<void> {
    const [{ ManyView }, { ManyModel }] = await Promise.all([import('./many.tsx'), import('./manyModel.ts')]);
    const content = new ManyView(new ManyModel(this._connection, names), this.trans);
    const widget = new MainAreaWidget({ content });
    widget.id = `nbreduce-rerun-many-${UUID.uuid4()}`;
    widget.title.label = this.trans.__('Rerun many');
    widget.title.icon = refreshIcon;
    widget.title.closable = true;
    this._app.shell.add(widget, 'main');
    this._app.shell.activateById(widget.id);
  }

  private _show(panel: RerunPanel): void {
    const collapsed = this._labShell?.rightCollapsed ?? false;
    panel.id = PANEL_ID;
    this._panel = panel;
    this._app.shell.add(panel, 'right', { rank: 100, type: 'nbreduce' });
    this._app.shell.activateById(PANEL_ID);
    panel.disposed.connect(() => {
      if (this._panel === panel) {
        this._panel = null;
        if (collapsed) {
          this._labShell?.collapseRight();
        }
        const { currentWidget } = this._app.shell;
        if (currentWidget !== null) {
          this._app.shell.activateById(currentWidget.id);
        }
      }
    });
  }

  /** Open what is ready for someone who waits for it; tell someone who went on to something else. */
  private _tell(panel: RerunPanel, model: RerunModel, standing: IStanding): void {
    const { name } = standing;
    const waits = !panel.isDisposed && panel.isVisible;
    if (panel.isDisposed) {
      model.dispose();
    }
    if (name !== null && standing.state === 'succeeded' && waits) {
      void this._open(name);
    } else if (!waits) {
      const words = newsOf(model.name, standing, this.trans);
      const kind = standing.state === 'succeeded' ? 'success' : 'error';
      Notification.emit(words, kind, {
        autoClose: false,
        actions:
          name === null ? [] : [{ label: this.trans.__('Open'), callback: () => void this._open(name) }]
      });
    }
  }

  private async _open(name: string): Promise<void> {
    const { commands } = this._app;
    if (commands.hasCommand(Commands.open)) {
      await commands.execute(Commands.open, { name });
      return;
    }
    const { notebook } = await this._connection.api.get<ReductionAnswer>(pathOf('reductions', name));
    if (notebook !== null) {
      await commands.execute('docmanager:open', { path: notebook });
    }
  }

  private _panel: RerunPanel | null = null;
  private readonly _app: JupyterFrontEnd;
  private readonly _connection: IConnection;
  private readonly _translator: ITranslator;
  private readonly _labShell: ILabShell | null;
}

function namesOf(args: ReadonlyPartialJSONObject): string[] {
  return Array.isArray(args.names) ? args.names.filter(one => typeof one === 'string') : [];
}

function cellsOf(widget: Widget | null): ICells | null {
  const cells = (widget as Partial<NotebookPanel> | null)?.content?.model?.cells;
  return cells ? readCells(cells as Iterable<ITaggedCell>) : null;
}
