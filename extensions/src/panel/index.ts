import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Menu } from '@lumino/widgets';

import { IConnection } from '../api/index.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { addFileCommands } from './files.ts';
import type { IHost } from './host.ts';
import { menuOf } from './menu.ts';
import { type Choices, Store } from './store.ts';
import { PANEL_ID, RunsPanel } from './widget.tsx';

const CHOICES = `${PANEL_ID}:groups`;
/** Above the file browser's 100, which stays where people look for it: second. */
const RANK = 90;

/** Runs, as they come and are reduced, in the left area. */
export const panel: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:panel',
  description: 'Lists runs and their reductions as they come.',
  autoStart: true,
  requires: [IConnection],
  optional: [ITranslator, ILabShell, ILayoutRestorer, IStateDB, ICommandPalette, IDefaultFileBrowser],
  activate: async (
    app: JupyterFrontEnd,
    { api, stream }: IConnection,
    translator: ITranslator | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    states: IStateDB | null,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null
  ): Promise<void> => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    const store = new Store(api);
    const host: IHost = {
      store,
      trans,
      can: command => app.commands.hasCommand(command),
      run: (command, args) => void app.commands.execute(command, args),
      openMenu: (x, y) => openMenu(menuOf(host), x, y)
    };
    const runs = new RunsPanel(host);
    stream.pushed.connect((_, push) => store.take(push));
    stream.stateChanged.connect((_, state) => store.connect(state));
    app.shell.add(runs, 'left', { rank: RANK });
    restorer?.add(runs, PANEL_ID);

    addFileCommands(app, api, browser, trans);
    app.commands.addCommand(Commands.showRuns, {
      label: trans.__('Show Runs'),
      caption: trans.__('Show runs and their reductions'),
      execute: () => app.shell.activateById(PANEL_ID)
    });
    palette?.addItem({ command: Commands.showRuns, category: CATEGORY });

    const reading = readChoices(states).then(choices => {
      store.choose(choices);
      store.onChoice = now => void states?.save(CHOICES, { ...now });
      return store.read();
    });
    void labShell?.restored.then(async ({ fresh }) => {
      await reading;
      if (fresh && store.isRead && !asksForFolder()) {
        app.shell.activateById(PANEL_ID);
      }
    });
  }
};

function openMenu(menu: Menu, x: number, y: number): void {
  const before = document.activeElement;
  menu.aboutToClose.connect(() => {
    if (before instanceof HTMLElement) {
      before.focus({ preventScroll: true });
    }
    // What was chosen is executed once it has closed.
    void Promise.resolve().then(() => menu.dispose());
  });
  if (menu.items.length > 0) {
    menu.open(x, y);
  }
}

/** Whether the page's address names a folder, which the file browser shows. */
function asksForFolder(): boolean {
  const path = PageConfig.getOption('treePath');
  return path !== '' && PathExt.extname(path) === '';
}

async function readChoices(states: IStateDB | null): Promise<Choices> {
  const found = await states?.fetch(CHOICES);
  const choices = Object.entries(found ?? {}).filter(([, open]) => typeof open === 'boolean');
  return Object.fromEntries(choices) as Choices;
}
