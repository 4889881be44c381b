import { VDomModel } from '@jupyterlab/ui-components';

import { type Api, pathOf, wordsOf } from '../api/client.ts';
import type { IConnection } from '../api/index.ts';
import type { EventStream } from '../api/stream.ts';
import { type ILog, LogReader } from './log.ts';
import type { InputCheck, InputChecks, LogPart, Provenance, Push, ReductionAnswer } from './types.ts';

/** All that the sidebar shows of one reduction. */
export interface IShown {
  answer: ReductionAnswer;
  provenance: Provenance;
}

/** What the sidebar knows of the reduction that it shows, kept as it is by what is pushed. */
export class ProvenanceModel extends VDomModel {
  constructor(connection: IConnection) {
    super();
    this.api = connection.api;
    this._stream = connection.stream;
    this._stream.pushed.connect(this._onPush, this);
  }

  readonly api: Api;

  get name(): string | null {
    return this._name;
  }

  /** None while it is asked for. */
  get shown(): IShown | null {
    return this._shown;
  }

  /** Why it cannot be shown; empty where it can. */
  get trouble(): string {
    return this._trouble;
  }

  get log(): ILog | null {
    return this._log?.log ?? null;
  }

  /** How input files are now; null where nobody has looked, `checking` while they are read. */
  get checks(): readonly InputCheck[] | 'checking' | null {
    return this._checks;
  }

  override dispose(): void {
    this._stream.pushed.disconnect(this._onPush, this);
    super.dispose();
  }

  /** Show a reduction, or none. */
  show(name: string | null): void {
    if (name === this._name) {
      return;
    }
    this._name = name;
    this._shown = null;
    this._log = null;
    this._checks = null;
    this._trouble = '';
    this.stateChanged.emit();
    void this.read();
  }

  /** Ask for what is known of the reduction. */
  async read(): Promise<void> {
    const name = this._name;
    if (name === null) {
      return;
    }
    const turn = ++this._turn;
    await this._try(name, async () => {
      const [answer, provenance] = await Promise.all([
        this.api.get<ReductionAnswer>(`reductions/${pathOf(name)}`),
        this.api.get<Provenance>(`reductions/${pathOf(name)}/provenance`)
      ]);
      return () => {
        // Answers may overtake each other.
        if (turn === this._turn) {
          this._shown = { answer, provenance };
        }
      };
    });
  }

  /** Begin to read the log, and go on as it grows. */
  async readLog(): Promise<void> {
    const name = this._name;
    if (name === null) {
      return;
    }
    this._log ??= new LogReader(
      (attempt, start) =>
        this.api.get<LogPart>(`reductions/${pathOf(name)}/log`, {
          attempt,
          start: start ?? undefined
        }),
      () => this.stateChanged.emit()
    );
    const reader = this._log;
    await this._try(name, async () => {
      await reader.read();
      return () => undefined;
    });
  }

  /** Compare the input files with what they were. */
  async check(): Promise<void> {
    const name = this._name;
    if (name === null || this._checks === 'checking') {
      return;
    }
    this._checks = 'checking';
    this.stateChanged.emit();
    await this._try(name, async () => {
      const { inputs } = await this.api.post<InputChecks>(`reductions/${pathOf(name)}/check-inputs`);
      return () => {
        this._checks = inputs;
      };
    });
    if (this._checks === 'checking' && this._name === name) {
      this._checks = null;
      this.stateChanged.emit();
    }
  }

  /** Do something about a reduction, and keep what comes of it if that is still the one that is shown. */
  private async _try(name: string, ask: () => Promise<() => void>): Promise<void> {
    let keep: () => void;
    try {
      keep = await ask();
      this._noteTrouble(name, '');
    } catch (error) {
      this._noteTrouble(name, wordsOf(error));
      return;
    }
    if (this._name === name && !this.isDisposed) {
      keep();
      this.stateChanged.emit();
    }
  }

  private _noteTrouble(name: string, trouble: string): void {
    if (this._name === name && trouble !== this._trouble) {
      this._trouble = trouble;
      this.stateChanged.emit();
    }
  }

  private _onPush(_: EventStream, push: Push): void {
    const isAbout = push.events?.some(event => event.reduction === this._name) ?? false;
    if (this._name === null || !(isAbout || push.reset || this._trouble !== '')) {
      return;
    }
    void this.read();
    if (this._log !== null) {
      void this.readLog();
    }
  }

  private readonly _stream: EventStream;
  private _name: string | null = null;
  private _shown: IShown | null = null;
  private _trouble = '';
  private _turn = 0;
  private _log: LogReader | null = null;
  private _checks: readonly InputCheck[] | 'checking' | null = null;
}
