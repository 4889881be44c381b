import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';

import { type Api, ApiError, pathOf } from '../api/client.ts';
import type { ReductionAnswer } from '../api/types.ts';
import { Commands } from '../commands.ts';
import { stateWord } from '../words/states.ts';

/** Add the commands about a reduction's files: show its outputs folder, copy its notebook's path. */
export function addFileCommands(
  app: JupyterFrontEnd,
  api: Api,
  browser: FileBrowser | null,
  trans: TranslationBundle
): void {
  if (browser !== null) {
    app.commands.addCommand(Commands.showOutputs, {
      label: trans.__('Show outputs folder'),
      execute: args =>
        withReduction(api, args, trans, async answer => {
          const folder = sealed(answer.folder, answer, trans);
          const hasOutputs = answer.reduction.outputs.length > 0;
          await browser.model.cd(`/${folder}${hasOutputs ? '/outputs' : ''}`);
          app.shell.activateById(browser.id);
        })
    });
  }
  app.commands.addCommand(Commands.copyPath, {
    label: trans.__('Copy path'),
    execute: args =>
      withReduction(api, args, trans, async answer => {
        const path = sealed(answer.notebook, answer, trans);
        Clipboard.copyToSystem(path);
        Notification.info(trans.__('Copied: %1', path), { autoClose: 3000 });
      })
  });
}

async function withReduction(
  api: Api,
  args: { readonly name?: unknown },
  trans: TranslationBundle,
  then: (answer: ReductionAnswer) => Promise<void>
): Promise<void> {
  try {
    await then(await api.get<ReductionAnswer>(pathOf('reductions', String(args.name))));
  } catch (error) {
    const words = error instanceof ApiError ? error.words : String((error as Error).message);
    await showErrorMessage(trans.__('The files of %1', String(args.name)), words);
  }
}

/** A path that is there once a reduction has ended. */
function sealed(path: string | null, { reduction }: ReductionAnswer, trans: TranslationBundle): string {
  if (path === null) {
    throw new Error(
      trans.__('%1 is %2 and has no files here yet.', reduction.name, stateWord(reduction.state, trans).word)
    );
  }
  return path;
}
