import type { ISessionContext } from '@jupyterlab/apputils';
import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';

import { notice } from '../notice.ts';
import { CONTROL_MIME_TYPE, type IControl, readControl } from './control.ts';

const WIDGET_MIME_TYPE = 'application/vnd.jupyter.widget-view+json';
const WIDGET_TARGET = 'jupyter.widget';

/** Shows a control while the kernel that made it is alive, and its note otherwise. */
export class ControlRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(registry: IRenderMimeRegistry, session: ISessionContext, trans: TranslationBundle) {
    super();
    this.addClass('nbreduce-Control');
    this._registry = registry;
    this._session = session;
    this._trans = trans;
    this._control = readControl(null, trans);
    session.kernelChanged.connect(this._refresh, this);
    session.statusChanged.connect(this._onStatusChanged, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._control = readControl(model.data[CONTROL_MIME_TYPE], this._trans);
    await this._update();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._session.kernelChanged.disconnect(this._refresh, this);
    this._session.statusChanged.disconnect(this._onStatusChanged, this);
    super.dispose();
  }

  private _refresh(): void {
    void this._update();
  }

  private _onStatusChanged(_: ISessionContext, status: string): void {
    if (['restarting', 'autorestarting', 'terminating', 'dead'].includes(status)) {
      this._replace(this._note());
    }
  }

  private async _update(): Promise<void> {
    const control = this._control;
    const alive = control.modelId !== null && (await this._isAlive(control.modelId));
    if (this.isDisposed || control !== this._control) {
      return;
    }
    this._replace(alive ? await this._live(control) : this._note());
  }

  /** Whether the kernel that runs now knows the control. */
  private async _isAlive(modelId: string): Promise<boolean> {
    const kernel = this._session.session?.kernel ?? null;
    if (kernel === null || !this._registry.mimeTypes.includes(WIDGET_MIME_TYPE)) {
      return false;
    }
    try {
      const { content } = await kernel.requestCommInfo({ target_name: WIDGET_TARGET });
      return content.status === 'ok' && modelId in content.comms;
    } catch (error) {
      console.warn('nbreduce: the kernel did not say which controls it has', error);
      return false;
    }
  }

  private async _live(control: IControl): Promise<Widget> {
    const renderer = this._registry.createRenderer(WIDGET_MIME_TYPE);
    const view = { model_id: control.modelId, version_major: 2, version_minor: 0 };
    await renderer.renderModel(new MimeModel({ trusted: true, data: { [WIDGET_MIME_TYPE]: view } }));
    return renderer;
  }

  private _note(): Widget {
    return new Widget({ node: notice(this._control.note, 'info') });
  }

  private _replace(widget: Widget): void {
    for (const old of [...this.widgets]) {
      old.dispose();
    }
    this.addWidget(widget);
  }

  private readonly _registry: IRenderMimeRegistry;
  private readonly _session: ISessionContext;
  private readonly _trans: TranslationBundle;
  private _control: IControl;
}
