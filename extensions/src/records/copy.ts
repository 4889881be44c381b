import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { type Api, pathOf, wordsOf } from '../api/client.ts';
import { Once } from '../once.ts';
import type { CopyAnswer } from './types.ts';

const copies = new Once<string, boolean>();

/**
 * Make a copy of an executed notebook to work on, and open it.
 *
 * What was changed in `panel`, which shows the record, comes along. Returns whether there is a copy.
 */
export function workOnCopy(
  app: JupyterFrontEnd,
  api: Api,
  trans: TranslationBundle,
  name: string,
  panel: NotebookPanel | null
): Promise<boolean> {
  return copies.do(name, () => copyAndOpen(app, api, trans, name, panel));
}

async function copyAndOpen(
  app: JupyterFrontEnd,
  api: Api,
  trans: TranslationBundle,
  name: string,
  panel: NotebookPanel | null
): Promise<boolean> {
  const copying = api.post<CopyAnswer>(`reductions/${pathOf(name)}/copy`);
  tell(copying, name, trans);
  try {
    const made = await copying;
    if (made.notebook === null) {
      const words = trans.__('It is at %1, which this JupyterLab does not show.', made.place);
      await showErrorMessage(trans.__('The copy is elsewhere'), words);
      return true;
    }
    if (panel !== null && panel.context.model.dirty) {
      await takeChanges(app, made.notebook, panel);
      await panel.context.revert();
    }
    await app.commands.execute('docmanager:open', { path: made.notebook });
    if (made.left_out.length > 0) {
      const files = made.left_out.join(', ');
      Notification.warning(trans.__('Too large to be copied along: %1', files), { autoClose: false });
    }
    return true;
  } catch (error) {
    const words = wordsOf(error);
    await showErrorMessage(trans.__('There is no copy of %1', name), words);
    return false;
  }
}

/** Tell how the copying goes: what goes along may be large. */
function tell(copying: Promise<CopyAnswer>, name: string, trans: TranslationBundle): void {
  Notification.promise<CopyAnswer>(copying, {
    pending: {
      message: trans.__('Copying %1 with what its cells need…', name),
      options: { autoClose: false }
    },
    success: {
      message: made => trans.__('Your copy is %1', placeOf(made as CopyAnswer)),
      options: { autoClose: 3000 }
    },
    error: { message: () => trans.__('%1 was not copied.', name), options: { autoClose: 3000 } }
  });
}

function placeOf({ notebook, place }: CopyAnswer): string {
  return notebook ?? place;
}

/** Put the cells of an open notebook into a file; what the file says of itself stays. */
async function takeChanges(app: JupyterFrontEnd, path: string, panel: NotebookPanel): Promise<void> {
  const { contents } = app.serviceManager;
  const file = await contents.get(path, { type: 'notebook', content: true });
  const shown = panel.context.model.toJSON() as INotebookContent;
  const { metadata } = file.content as INotebookContent;
  await contents.save(path, {
    type: 'notebook',
    format: 'json',
    content: { ...shown, metadata }
  });
}
