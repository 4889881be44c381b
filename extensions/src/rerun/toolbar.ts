import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';

import { Commands } from '../commands.ts';
import { reductionOf } from '../front.ts';

const NAME = 'nbreduce-rerun';

/** Give executed notebooks, and no others, a button that reruns them. */
export function addToolbarButton(app: JupyterFrontEnd, trans: TranslationBundle): void {
  app.docRegistry.addWidgetExtension('Notebook', {
    createNew: (panel: NotebookPanel, context: DocumentRegistry.IContext<INotebookModel>): void => {
      void context.ready.then(() => {
        const name = panel.isDisposed ? null : reductionOf(panel);
        if (name !== null) {
          const button = new ToolbarButton({
            icon: refreshIcon,
            label: trans.__('Rerun'),
            tooltip: trans.__('Reduce the run again, with the values in the cells or others'),
            onClick: () => void app.commands.execute(Commands.rerun, { name })
          });
          button.addClass('nbreduce-RerunButton');
          panel.toolbar.insertBefore('spacer', NAME, button) || panel.toolbar.addItem(NAME, button);
        }
      });
    }
  });
}
