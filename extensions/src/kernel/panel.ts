import { Notification } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { type Api, pathOf, wordsOf } from '../api/client.ts';
import type { KernelAnswer, KernelState } from '../api/types.ts';
import { StoredDisplays } from './displays.ts';
import { KernelLine } from './status.ts';
import { connected, diedAt, executed, executing, keptWords, lossWords, stoppedAt, takenOver, tooLarge } from './words.ts';

const LOOK_AGAIN = 5000;

/** The kernel of the reduction that a notebook shows: what is said of it, and how the notebook gets it. */
export class ReductionKernel {
  constructor(panel: NotebookPanel, name: string, api: Api, trans: TranslationBundle) {
    this._panel = panel;
    this._name = name;
    this._api = api;
    this._trans = trans;
    panel.contentHeader.addWidget(this._line);
    panel.disposed.connect(() => this._stopCounting());
    panel.sessionContext.statusChanged.connect((_, status) => this._onStatus(status));
    this._showStoredDisplays();
    if (!panel.sessionContext.session?.kernel) {
      void this._announce();
    }
  }

  /** Connect the notebook to the reduction's kernel; a fresh one executes it again. */
  async open(): Promise<void> {
    this._isAsked = true;
    this._stopCounting();
    if (this._panel.sessionContext.session?.kernel) {
      this._line.say(this._trans.__('This notebook has a kernel already.'));
      return;
    }
    this._line.say(this._trans.__('Asking for the kernel of this reduction…'));
    try {
      const answer = await this._api.post<KernelAnswer>(this._path);
      await this._panel.sessionContext.changeKernel({ id: answer.kernel_id });
      this._has = true;
      if (answer.left_out.length > 0) {
        const words = tooLarge(answer.left_out, this._trans);
        Notification.warning(words, { autoClose: false });
      }
      await this._begin(answer);
    } catch (error) {
      const words = wordsOf(error);
      this._line.say(this._trans.__('This reduction cannot be opened with a kernel: %1', words), true);
    }
  }

  private async _begin(answer: KernelAnswer): Promise<void> {
    if (answer.kept) {
      this._line.say(takenOver(this._trans));
    } else if (answer.started) {
      await this._executeAgain();
    } else {
      this._line.say(connected(this._trans));
    }
  }

  private async _executeAgain(): Promise<void> {
    const cells = this._panel.content.widgets.filter(
      cell => cell instanceof CodeCell && cell.model.sharedModel.getSource().trim() !== ''
    ) as CodeCell[];
    for (const [index, cell] of cells.entries()) {
      this._line.say(executing(index + 1, cells.length, this._trans));
      const end = await this._execute(cell);
      if (end !== 'good' || this._panel.isDisposed) {
        const words = end === 'gone' ? diedAt : stoppedAt;
        this._line.say(words(index + 1, cells.length, this._trans), true);
        return;
      }
    }
    this._line.say(executed(this._trans));
  }

  /**
   * Execute a cell, and say how that ended; `gone` is the kernel, or the notebook.
   *
   * Not as the notebook's own commands do: they scroll to the cell, and take the keys of whoever types in another.
   */
  private async _execute(cell: CodeCell): Promise<'good' | 'failed' | 'gone'> {
    const { content, sessionContext } = this._panel;
    const { recordTiming } = content.notebookConfig;
    try {
      const reply = await CodeCell.execute(cell, sessionContext, { recordTiming });
      return reply?.content.status === 'ok' ? 'good' : 'failed';
    } catch {
      return 'gone';
    }
  }

  /** Say that the kernel is kept, while it is and nobody has asked for it. */
  private async _announce(): Promise<void> {
    let state: KernelState;
    try {
      state = await this._api.get<KernelState>(this._path);
    } catch (error) {
      console.warn('nbreduce: whether the kernel is kept is not known', error);
      return;
    }
    const count = (): void => {
      const words = keptWords(state.kept_until ?? null, new Date(), this._trans);
      this._line.say(words);
      if (words === '') {
        this._stopCounting();
      }
    };
    if (!this._panel.isDisposed && !this._isAsked) {
      this._timer = setInterval(count, LOOK_AGAIN);
      count();
    }
  }

  private _stopCounting(): void {
    clearInterval(this._timer);
  }

  private _onStatus(status: string): void {
    const words = this._has ? lossWords(status, this._trans) : null;
    if (words !== null && !this._panel.isDisposed) {
      this._line.say(words);
    }
  }

  /** Let plots that were made by the reduction follow its kernel. */
  private _showStoredDisplays(): void {
    const { content, sessionContext } = this._panel;
    const outputs = () =>
      content.widgets
        .filter(cell => cell.model.type === 'code')
        .map(cell => (cell as CodeCell).model.outputs);
    let displays = new StoredDisplays(outputs);
    sessionContext.kernelChanged.connect(() => {
      displays = new StoredDisplays(outputs);
    });
    sessionContext.iopubMessage.connect((_, message) => displays.take(message));
  }

  private get _path(): string {
    return `reductions/${pathOf(this._name)}/kernel`;
  }

  private readonly _panel: NotebookPanel;
  private readonly _name: string;
  private readonly _api: Api;
  private readonly _trans: TranslationBundle;
  private readonly _line = new KernelLine();
  private _timer: ReturnType<typeof setInterval> | undefined;
  private _isAsked = false;
  private _has = false;
}
