import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { ReductionLine } from '../api/types.ts';
import { Commands } from '../commands.ts';
import { hasEnded } from '../words/states.ts';
import type { IHost } from './host.ts';

interface IItem {
  readonly command: string;
  readonly label: string;
  readonly args: { name: string } | { names: string[] };
  readonly isWanted?: boolean;
}

/** What can be done with what is selected: one reduction or several. */
export function menuOf(host: IHost): Menu {
  const [first, ...more] = host.store.cursor.meant;
  const items = first === undefined ? [] : itemsFor(first, more, host.trans);
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('nbreduce-Runs-menu');
  for (const { command, label, args, isWanted = true } of items) {
    if (isWanted && host.can(command)) {
      commands.addCommand(command, { label, execute: () => host.run(command, args) });
      menu.addItem({ command });
    }
  }
  return menu;
}

function itemsFor(first: ReductionLine, more: ReductionLine[], trans: TranslationBundle): IItem[] {
  return more.length > 0 ? forSeveral([first, ...more], trans) : forOne(first, trans);
}

function forSeveral(meant: ReductionLine[], trans: TranslationBundle): IItem[] {
  const args = { names: meant.map(one => one.name) };
  return [
    { command: Commands.compare, label: trans.__('Compare %1 selected', meant.length), args },
    { command: Commands.rerunMany, label: trans.__('Rerun %1 selected…', meant.length), args }
  ];
}

function forOne({ name, state }: ReductionLine, trans: TranslationBundle): IItem[] {
  const args = { name };
  const isGoing = !hasEnded(state);
  return [
    { command: Commands.open, label: trans.__('Open'), args },
    { command: Commands.cancel, label: trans.__('Cancel'), args, isWanted: isGoing },
    { command: Commands.rerun, label: trans.__('Rerun…'), args, isWanted: !isGoing },
    { command: Commands.compare, label: trans.__('Compare with…'), args: { names: [name] } },
    { command: Commands.openWithKernel, label: trans.__('Open with kernel'), args },
    { command: Commands.provenance, label: trans.__('Show provenance'), args },
    { command: Commands.showOutputs, label: trans.__('Show outputs folder'), args },
    { command: Commands.copyPath, label: trans.__('Copy path'), args }
  ];
}
