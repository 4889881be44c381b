import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { Commands } from '../commands.ts';

let isShown = false;

/** Say why a record cannot be saved, and offer what can be done instead. */
export async function explainRecord(
  commands: CommandRegistry,
  trans: TranslationBundle,
  name: string,
  isChanged: boolean
): Promise<void> {
  if (isShown) {
    return;
  }
  isShown = true;
  try {
    const { button } = await showDialog({
      title: trans.__('Records are not saved'),
      body: [
        trans.__('This is the record of a reduction and never changes.'),
        trans.__('Work on a copy, or rerun it with other values.'),
        isChanged ? trans.__('What you have changed here comes along into the copy.') : ''
      ]
        .join(' ')
        .trim(),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Close') }),
        ...(commands.hasCommand(Commands.rerun)
          ? [Dialog.createButton({ label: trans.__('Rerun…'), actions: ['rerun'] })]
          : []),
        Dialog.okButton({ label: trans.__('Work on a copy'), actions: ['copy'] })
      ]
    });
    if (button.actions.includes('copy')) {
      await commands.execute(Commands.workOnCopy, { name });
    } else if (button.actions.includes('rerun')) {
      await commands.execute(Commands.rerun, { name });
    }
  } finally {
    isShown = false;
  }
}

/** Ask what becomes of changes to a record whose tab is about to close. */
export async function askAboutChanges(
  trans: TranslationBundle,
  name: string
): Promise<'stay' | 'discard' | 'copy'> {
  const { button } = await showDialog({
    title: trans.__('Keep what you have changed?'),
    body: trans.__(
      '%1 is the record of a reduction and never changes. Your changes are in this tab only: take them into a copy, or discard them.',
      name
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Discard'), actions: ['discard'] }),
      Dialog.okButton({ label: trans.__('Work on a copy'), actions: ['copy'] })
    ]
  });
  if (button.actions.includes('copy')) {
    return 'copy';
  }
  return button.actions.includes('discard') ? 'discard' : 'stay';
}
