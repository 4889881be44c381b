import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { RerunModel } from './model.ts';
import { type IRerunActions, RerunView } from './view.tsx';

/** The form at the side of a notebook. */
export class RerunPanel extends ReactWidget {
  constructor(model: RerunModel, actions: Omit<IRerunActions, 'trans' | 'close'>, translator: ITranslator) {
    super();
    this._trans = translator.load('nbreduce');
    this._model = model;
    this._actions = actions;
    this.addClass('nbreduce-RerunPanel');
    this.title.icon = refreshIcon;
    this.title.caption = this._trans.__('Rerun %1', model.name);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.title.caption);
    this.node.tabIndex = -1;
  }

  get model(): RerunModel {
    return this._model;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      // What was asked for is followed to its end, so that it can be told.
      if (!this._model.isUnderWay) {
        this._model.dispose();
      }
      super.dispose();
    }
  }

  protected override render(): React.JSX.Element {
    return (
      <RerunView
        model={this._model}
        {...this._actions}
        close={() => this.dispose()}
        trans={this._trans}
      />
    );
  }

  private readonly _trans: TranslationBundle;
  private readonly _model: RerunModel;
  private readonly _actions: Omit<IRerunActions, 'trans' | 'close'>;
}
