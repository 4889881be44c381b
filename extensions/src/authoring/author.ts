import type { ISessionContext } from '@jupyterlab/apputils';
import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { type Api, ApiError, pathOf, wordsOf } from '../api/client.ts';
import type { CheckAnswer, Published, TrialAnswer, VersionList } from '../api/types.ts';
import { draftForCheck, draftForTrial, type INotebookJson } from './draft.ts';
import { CellMarks } from './marks.ts';
import type { ITemplate } from './places.ts';
import { isEdited, type ISeen, stillTrue } from './since.ts';

/** Where a template in a notebook stands with its author. */
export interface IStanding {
  checking: boolean;
  answer: CheckAnswer | null;
  /** Whether cells were edited since the check. */
  edited: boolean;
  trouble: string;
  versions: VersionList | null;
}

/** A template that is open in a notebook: what its author can do with it. */
export class TemplateAuthor implements IDisposable {
  constructor(panel: NotebookPanel, template: ITemplate, api: Api, trans: TranslationBundle) {
    this.panel = panel;
    this.template = template;
    this.api = api;
    this.marks = new CellMarks(panel.content, trans);
    this.marks.cleared.connect(() => this.become({ edited: true }));
    panel.context.model.contentChanged.connect(this.onEdited, this);
    panel.context.saveState.connect(this.onSaved, this);
    panel.disposed.connect(this.dispose, this);
    void this.learnVersions();
  }

  readonly panel: NotebookPanel;
  readonly template: ITemplate;
  readonly marks: CellMarks;

  get standing(): IStanding {
    return this._standing;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get session(): ISessionContext {
    return this.panel.sessionContext;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.marks.dispose();
      // Both what it told and what it listens to.
      Signal.clearData(this);
    }
  }

  /** Check the notebook as it is here, saved or not, and mark its cells. */
  async check(): Promise<CheckAnswer | null> {
    this.turn += 1;
    const turn = this.turn;
    const seen = this.cells();
    this.become({ checking: true, trouble: '' });
    try {
      const content = draftForCheck(this.content());
      const answer = await this.api.post<CheckAnswer>(`${this.path}/check`, { content });
      if (turn === this.turn && !this.isDisposed) {
        const now = this.cells();
        this.seen = seen;
        this.marks.show(stillTrue(answer.problems, seen, now));
        this.become({ checking: false, answer, edited: isEdited(seen, now) });
      }
      return answer;
    } catch (error) {
      if (turn === this.turn && !this.isDisposed) {
        this.marks.clear();
        this.become({ checking: false, answer: null, trouble: wordsOf(error) });
      }
      return null;
    }
  }

  tryOn(asked: { runs?: string[]; last?: number; parameters?: Record<string, unknown> }): Promise<TrialAnswer> {
    const content = draftForTrial(this.content());
    const { instrument, name } = this.template;
    return this.api.post<TrialAnswer>('trials', { instrument, template: name, content, ...asked });
  }

  /** Clear the outputs, save, and record what is saved as the next version. */
  async publish(message: string, commit: boolean): Promise<Published> {
    NotebookActions.clearAllOutputs(this.panel.content);
    await this.panel.context.save();
    const published = await this.api.post<Published>(`${this.path}/versions`, { message, commit });
    // The cells may still show what an earlier check found.
    await Promise.all([this.learnVersions(), this.check()]);
    return published;
  }

  private get path(): string {
    return `templates/${pathOf(this.template.instrument, this.template.name)}`;
  }

  private content(): INotebookJson {
    return this.panel.context.model.toJSON() as unknown as INotebookJson;
  }

  /** The cells, each with all that the check looks at. */
  private cells(): ISeen<ICellModel>[] {
    return Array.from(this.panel.context.model.cells, cell => {
      const { outputs, executionCount } = cell as Partial<ICodeCellModel>;
      const wasRun = (outputs?.length ?? 0) > 0 || (executionCount ?? null) !== null;
      const tags = cell.getMetadata('tags') ?? [];
      return { cell, text: JSON.stringify([cell.type, tags, cell.sharedModel.getSource(), wasRun]) };
    });
  }

  private onEdited(): void {
    const { answer, edited } = this._standing;
    if (answer === null || (edited && this.marks.count === 0)) {
      return;
    }
    const now = this.cells();
    if (isEdited(this.seen, now)) {
      this.marks.keep(stillTrue(answer.problems, this.seen, now));
      this.become({ edited: true });
    }
  }

  private onSaved(_: unknown, state: string): void {
    if (state === 'completed') {
      void this.learnVersions();
    }
  }

  private async learnVersions(): Promise<void> {
    try {
      this.become({ versions: await this.api.get<VersionList>(`${this.path}/versions`) });
    } catch (error) {
      // A template that cannot be read has none; the check says why.
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.become({ versions: null });
    }
  }

  private become(change: Partial<IStanding>): void {
    if (!this._isDisposed) {
      this._standing = { ...this._standing, ...change };
      this._changed.emit();
    }
  }

  private readonly api: Api;
  /** The cells as the last check saw them. */
  private seen: ISeen<ICellModel>[] = [];
  private turn = 0;
  private _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private _standing: IStanding = {
    checking: false,
    answer: null,
    edited: false,
    trouble: '',
    versions: null
  };
}
