import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type Message, MessageLoop } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';

import type { Api } from '../api/client.ts';
import type { IConnection } from '../api/index.ts';
import { Banner } from './banner.tsx';
import { goToFailedCell, goToParameters, hasFailedCell, markInjected } from './cells.ts';
import { workOnCopy } from './copy.ts';
import { askAboutChanges, explainRecord } from './dialogs.ts';
import type { IRecord } from './record.ts';
import { refuseSaving } from './saving.ts';
import type { RunLine } from './types.ts';
import { versionsOf } from './words.ts';

/** What a sealed notebook needs of its surroundings. */
export interface ISurroundings {
  app: JupyterFrontEnd;
  connection: IConnection;
  trans: TranslationBundle;
}

/** Make an open notebook the record that it is: never saved, and with a banner that says what it is. */
export function sealNotebook(panel: NotebookPanel, record: IRecord, around: ISurroundings): void {
  const { app, trans } = around;
  const { context } = panel;
  panel.addClass('nbreduce-Record');
  refuseSaving(context, () => {
    if (contextOf(app.shell.currentWidget) === context) {
      void explainRecord(app.commands, trans, record.name, context.model.dirty);
    }
  });
  // What exports and prints takes the file as it is, and does not try to save it first.
  context.model.readOnly = true;
  app.commands.notifyCommandChanged('docmanager:save');
  askBeforeClosing(panel, record, around);
  addBanner(panel, record, around);
  void showParameters(panel, trans);
}

function askBeforeClosing(panel: NotebookPanel, record: IRecord, around: ISurroundings): void {
  const { app, connection, trans } = around;
  const decide = async (): Promise<void> => {
    const decision = await askAboutChanges(trans, record.name);
    if (decision === 'stay' || panel.isDisposed) {
      return;
    }
    const isKept =
      decision === 'discard' || (await workOnCopy(app, connection.api, trans, record.name, panel));
    if (isKept && !panel.isDisposed) {
      panel.context.model.dirty = false;
      panel.close();
    }
  };
  // The hook that was installed last comes first: before that of the document manager, which asks to save.
  MessageLoop.installMessageHook(panel, (_handler, message: Message) => {
    if (message.type !== 'close-request' || !panel.context.model.dirty || hasOtherView(app, panel)) {
      return true;
    }
    void decide();
    return false;
  });
}

/** Whether what was changed in a panel stays in another view of the same notebook when it closes. */
function hasOtherView(app: JupyterFrontEnd, panel: NotebookPanel): boolean {
  for (const widget of app.shell.widgets('main')) {
    if (widget !== panel && contextOf(widget) === panel.context) {
      return true;
    }
  }
  return false;
}

function contextOf(widget: Widget | null): unknown {
  return (widget as Partial<NotebookPanel> | null)?.context;
}

function addBanner(panel: NotebookPanel, record: IRecord, around: ISurroundings): void {
  const { app, connection, trans } = around;
  const banner = new Banner({
    record,
    commands: app.commands,
    trans,
    showFailure: hasFailedCell(panel.content) ? () => void goToFailedCell(panel.content) : null
  });
  panel.contentHeader.addWidget(banner);
  followVersions(banner, record, connection);
}

/** Tell a banner of versions, now and whenever there are others. */
function followVersions(banner: Banner, record: IRecord, connection: IConnection): void {
  const { api, stream } = connection;
  const read = async (): Promise<void> => {
    const run = await readRun(api, record);
    if (run !== null && !banner.isDisposed) {
      banner.versions = versionsOf(record, run);
    }
  };
  const take = (_: unknown, push: { runs?: RunLine[]; reset?: boolean }): void => {
    const run = push.runs?.find(one => one.instrument === record.instrument && one.name === record.run);
    if (run !== undefined) {
      banner.versions = versionsOf(record, run);
    } else if (push.reset) {
      void read();
    }
  };
  stream.pushed.connect(take);
  banner.disposed.connect(() => stream.pushed.disconnect(take));
  void read();
}

async function readRun(api: Api, record: IRecord): Promise<RunLine | null> {
  try {
    return await api.get<RunLine>(
      `runs/${encodeURIComponent(record.instrument)}/${encodeURIComponent(record.run)}`
    );
  } catch (error) {
    // The record says of itself all but this; the stream's own state tells that the server is away.
    console.warn(`nbreduce: the versions of ${record.name} are not known`, error);
    return null;
  }
}

async function showParameters(panel: NotebookPanel, trans: TranslationBundle): Promise<void> {
  await panel.revealed;
  if (panel.isDisposed) {
    return;
  }
  markInjected(panel.content, trans.__('set by nbreduce'));
  await goToParameters(panel.content);
}

