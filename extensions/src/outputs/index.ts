import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { OUTPUT_MIME_TYPE, PROGRESS_MIME_TYPE } from './declaration.ts';
import { OutputRenderer, ProgressRenderer } from './renderers.ts';

/** Shows what a reduction declared: its output files and its progress. */
export const outputs: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:outputs',
  description: 'Shows declared outputs and progress.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (_app: JupyterFrontEnd, registry: IRenderMimeRegistry, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    registry.addFactory(
      { safe: true, mimeTypes: [OUTPUT_MIME_TYPE], createRenderer: () => new OutputRenderer(trans) },
      0
    );
    registry.addFactory(
      { safe: true, mimeTypes: [PROGRESS_MIME_TYPE], createRenderer: () => new ProgressRenderer(trans) },
      0
    );
  }
};
