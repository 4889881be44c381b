import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon, VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ProvenanceModel } from './model.ts';

/** What the sidebar can do with the notebook in front. */
export interface IActions {
  openPath(path: string): void;
  copy(text: string): void;
  showCell(number: number): void;
}

/** What each section is given. */
export interface ISectionProps {
  model: ProvenanceModel;
  actions: IActions;
  trans: TranslationBundle;
}

const icon = new LabIcon({
  name: 'nbreduce:provenance',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M6 2a3 3 0 0 1 1 5.83V11h9a1 1 0 0 0 1-1V7.83a3 3 0 1 1 2 0V10a3 3 0 0 1-3 3H7v3.17a3 3 0 1 1-2 0V7.83A3 3 0 0 1 6 2z"/>
  </g>
</svg>`
});

/** Right sidebar: what the reduction in front was made of. */
export class ProvenancePanel extends VDomRenderer<ProvenanceModel> {
  constructor(model: ProvenanceModel, actions: IActions, trans: TranslationBundle) {
    super(model);
    this._actions = actions;
    this._trans = trans;
    this.id = 'nbreduce-provenance';
    this.addClass('nbreduce-Provenance');
    this.title.icon = icon;
    this.title.caption = trans.__('Provenance');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Provenance'));
    this.node.tabIndex = -1;
  }

  protected override render(): JSX.Element {
    const trans = this._trans;
    const { name } = this.model;
    if (name !== this._last) {
      this._last = name;
      this.node.scrollTop = 0;
    }
    if (name === null) {
      return <p>{trans.__('Open an executed notebook to see what it was made of.')}</p>;
    }
    const reading = <p role="status">{trans.__('Reading what it was made of…')}</p>;
    return (
      <React.Suspense fallback={reading}>
        <this._Body name={name} model={this.model} actions={this._actions} trans={trans} />
      </React.Suspense>
    );
  }

  private readonly _actions: IActions;
  private readonly _trans: TranslationBundle;
  /** Comes when there is a reduction to show: JupyterLab starts without it. */
  private readonly _Body = React.lazy(async () => {
    try {
      return { default: (await import('./body.tsx')).Body };
    } catch (error) {
      const words = this._trans.__('This part of the page cannot be loaded: %1. Reload the page.', String(error));
      return { default: () => <p role="alert">{words}</p> };
    }
  });
  private _last: string | null = null;
}
