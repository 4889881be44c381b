import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IHost } from './host.ts';
import { runsIcon } from './icon.ts';
import { RunsView } from './view.tsx';

export const PANEL_ID = 'nbreduce-runs';

/** Runs and their reductions, in the left area. */
export class RunsPanel extends ReactWidget {
  constructor(host: IHost) {
    super();
    this.host = host;
    this.id = PANEL_ID;
    this.addClass('nbreduce-Runs');
    this.title.icon = runsIcon;
    this.title.caption = host.trans.__('Runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', host.trans.__('Runs'));
    host.store.onChange = () => this.update();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.host.store.dispose();
      super.dispose();
    }
  }

  protected override onActivateRequest(): void {
    const list = this.node.querySelector<HTMLElement>('[role=treegrid]');
    (list ?? this.node.querySelector('input'))?.focus();
  }

  protected override render(): JSX.Element {
    return <RunsView host={this.host} />;
  }

  private readonly host: IHost;
}
