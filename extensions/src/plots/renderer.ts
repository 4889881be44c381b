import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { notice } from '../notice.ts';
import type { IDrawn } from './bokeh.ts';
import { type IPlot, PlotError, PLOT_MIME_TYPE, readPlot, versionWarning } from './bundle.ts';
import type { ITheme } from './theme.ts';

/** Draws one plot output, once its element is in the page. */
export class PlotRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(theme: ITheme, trans: TranslationBundle) {
    super();
    this.addClass('nbreduce-Plot');
    this._theme = theme;
    this._trans = trans;
    theme.changed.connect(this._onThemeChanged, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    await this._render();
  }

  /** What is drawn now, or null. */
  get drawn(): IDrawn | null {
    return this._drawn;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._theme.changed.disconnect(this._onThemeChanged, this);
    this._clear();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this._drawn === null) {
      void this._render();
    }
  }

  /** Bokeh measures the element it draws into, so nothing is drawn before it is attached. */
  private async _render(): Promise<void> {
    this._holdHeight();
    this._clear();
    if (this._model === null || !this.isAttached) {
      return;
    }
    const turn = this._turn;
    try {
      await this._draw(readPlot(this._model.data[PLOT_MIME_TYPE], this._trans), this._model.trusted, turn);
    } catch (error) {
      if (turn === this._turn) {
        this.node.replaceChildren(notice(describe(error, this._trans), 'error'));
      }
    } finally {
      if (turn === this._turn) {
        this.node.style.minHeight = '';
      }
    }
  }

  /** Keep the place of a plot that is replaced, so that what is below it does not jump. */
  private _holdHeight(): void {
    if (this._drawn !== null) {
      this.node.style.minHeight = `${this.node.offsetHeight}px`;
    }
  }

  private async _draw(plot: IPlot, trusted: boolean, turn: number): Promise<void> {
    const { reasonsToBlock } = await import('./allowlist.ts');
    const reasons = trusted ? [] : reasonsToBlock(plot.item.doc, this._trans);
    if (reasons.length > 0) {
      this.node.replaceChildren(notice(blocked(reasons, this._trans), 'warning'));
      return;
    }
    const bokeh = await import('./bokeh.ts');
    if (turn !== this._turn) {
      return;
    }
    const warning = versionWarning(plot.version, bokeh.version, this._trans);
    const target = canvas(plot.alt);
    this.node.replaceChildren(...(warning === null ? [] : [notice(warning, 'warning')]), target);
    bokeh.colour(plot.item.doc, this._theme.isLight());
    const drawn = await bokeh.draw(plot.item, target);
    if (turn === this._turn) {
      this._drawn = drawn;
    } else {
      drawn.dispose();
    }
  }

  /** Forget what is drawn, and whatever is still being drawn. */
  private _clear(): void {
    this._turn += 1;
    this._drawn?.dispose();
    this._drawn = null;
    this.node.replaceChildren();
  }

  /** Draw again in the new colours, at the same place in the data. */
  private async _onThemeChanged(): Promise<void> {
    if (this._drawn !== null) {
      const figures = this._drawn.figures();
      await this._render();
      this._drawn?.look(figures);
    }
  }

  private readonly _theme: ITheme;
  private readonly _trans: TranslationBundle;
  private _model: IRenderMime.IMimeModel | null = null;
  private _drawn: IDrawn | null = null;
  private _turn = 0;
}

/** A group, not an image: what is in an image cannot be reached, and Bokeh's tools can be. */
function canvas(alt: string): HTMLElement {
  const node = document.createElement('div');
  node.className = 'nbreduce-Plot-canvas';
  node.setAttribute('role', 'group');
  node.setAttribute('aria-label', alt);
  return node;
}

function blocked(reasons: string[], trans: TranslationBundle): string {
  return trans.__(
    'This plot is not shown because the notebook is not trusted and the plot holds parts that could run code or load addresses: %1. If you know where the notebook comes from, choose "Trust Notebook" in the command palette.',
    reasons.join(', ')
  );
}

function describe(error: unknown, trans: TranslationBundle): string {
  if (error instanceof PlotError) {
    return trans.__('%1 Run the notebook again to get a new one.', error.message);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return trans.__('This plot cannot be drawn: %1. Run the notebook again to get a new one.', reason);
}
