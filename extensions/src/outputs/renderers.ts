import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import {
  OUTPUT_MIME_TYPE,
  PROGRESS_MIME_TYPE,
  readDeclaration,
  readProgress
} from './declaration.ts';

/** Shows a declared output as one line: what becomes of it, what it is, its name. */
export class OutputRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(trans: TranslationBundle) {
    super();
    this._trans = trans;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { path, fate, title } = readDeclaration(model.data[OUTPUT_MIME_TYPE], this._trans);
    this.addClass('nbreduce-Output');
    this.node.replaceChildren(
      element('span', 'nbreduce-Output-fate', fate),
      ...(title === '' ? [] : [element('span', 'nbreduce-Output-title', title)]),
      element('code', 'nbreduce-Output-path', path)
    );
  }

  private readonly _trans: TranslationBundle;
}

/** Shows progress as a bar with its message. */
export class ProgressRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(trans: TranslationBundle) {
    super();
    this._trans = trans;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { fraction, message } = readProgress(model.data[PROGRESS_MIME_TYPE]);
    const percent = `${Math.round(100 * fraction)} %`;
    const bar = document.createElement('progress');
    bar.value = fraction;
    bar.setAttribute('aria-label', message === '' ? this._trans.__('Progress') : message);
    this.addClass('nbreduce-Progress');
    this.node.replaceChildren(bar, element('span', '', percent), element('span', '', message));
  }

  private readonly _trans: TranslationBundle;
}

function element(tag: string, className: string, text: string): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}
