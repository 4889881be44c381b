import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { StaticNotebook } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { IConnection } from '../api/index.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { reductionOf } from '../front.ts';
import { goToCodeCell } from '../records/cells.ts';
import { ProvenanceModel } from './model.ts';
import { type IActions, ProvenancePanel } from './panel.tsx';

/** Shows beside a notebook what its reduction was made of. */
export const provenance: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:provenance',
  description: 'Shows what the reduction in front was made of.',
  autoStart: true,
  requires: [ILabShell, IConnection],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    connection: IConnection,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    const model = new ProvenanceModel(connection);
    const panel = new ProvenancePanel(model, actionsOn(app, model, trans), trans);
    shell.add(panel, 'right', { rank: 500 });
    const follow = async (): Promise<void> => {
      const widget = shell.currentWidget;
      const name = await nameOf(widget);
      if (widget === shell.currentWidget) {
        model.show(name);
      }
    };
    shell.currentChanged.connect(() => void follow());
    void app.restored.then(follow);
    app.commands.addCommand(Commands.provenance, {
      label: trans.__('Provenance'),
      caption: trans.__('Show what this reduction was made of'),
      execute: args => {
        if (typeof args.name === 'string') {
          model.show(args.name);
        }
        shell.activateById(panel.id);
      }
    });
    palette?.addItem({ command: Commands.provenance, category: CATEGORY });
  }
};

/** The reduction that a widget is about, as soon as that is known. */
async function nameOf(widget: Widget | null): Promise<string | null> {
  await (widget as { context?: { ready?: Promise<void> } } | null)?.context?.ready;
  return reductionOf(widget);
}

function actionsOn(app: JupyterFrontEnd, model: ProvenanceModel, trans: TranslationBundle): IActions {
  return {
    openPath: path => void app.commands.execute('docmanager:open', { path }),
    copy: text => {
      Clipboard.copyToSystem(text);
      Notification.success(trans.__('Copied: %1', text), { autoClose: 3000 });
    },
    showCell: number => void showCell(app, model.name, number)
  };
}

/** Show a cell of a reduction, whose notebook need not be in front, nor open. */
async function showCell(app: JupyterFrontEnd, name: string | null, number: number): Promise<void> {
  const front = app.shell.currentWidget;
  const widget: unknown = reductionOf(front) === name ? front : await app.commands.execute(Commands.open, { name });
  const { content, revealed } = (widget ?? {}) as { content?: unknown; revealed?: Promise<void> };
  await revealed;
  if (content instanceof StaticNotebook) {
    await goToCodeCell(content, number);
  }
}
