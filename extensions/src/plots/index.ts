import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { PLOT_MIME_TYPE } from './bundle.ts';
import { PlotRenderer } from './renderer.ts';
import { themeOf } from './theme.ts';

/** Draws plots in outputs. Safe without trust only because of the allow-list in the renderer. */
export const plots: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:plots',
  description: 'Draws the plots of executed notebooks.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IThemeManager, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    manager: IThemeManager | null,
    translator: ITranslator | null
  ): void => {
    const theme = themeOf(manager);
    const trans = (translator ?? nullTranslator).load('nbreduce');
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [PLOT_MIME_TYPE],
        createRenderer: () => new PlotRenderer(theme, trans)
      },
      0
    );
  }
};
