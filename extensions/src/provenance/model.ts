import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

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

/** Why something cannot be shown, by what it is; empty where it can. */
export interface ITroubles {
  all: string;
  checks: string;
  log: string;
}

const NO_TROUBLES: ITroubles = { all: '', checks: '', log: '' };

/** What the sidebar knows of the reduction that it shows, kept as it is by what is pushed. */
export class ProvenanceModel implements IDisposable {
  constructor(connection: IConnection) {
    this.api = connection.api;
    this._stream = connection.stream;
    this._stream.pushed.connect(this._onPush, this);
  }

  readonly api: Api;

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get name(): string | null {
    return this._name;
  }

  /** None while it is asked for. */
  get shown(): IShown | null {
    return this._shown;
  }

  get troubles(): ITroubles {
    return this._troubles;
  }

  get log(): ILog | null {
    return this._log?.log ?? null;
  }

  /** How input files are now; null where nobody has looked, `checking` while they are read. */
  get checks(): readonly InputCheck[] | 'checking' | null {
    return this._checks;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stream.pushed.disconnect(this._onPush, this);
    Signal.clearData(this);
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
    this._checkTurn += 1;
    this._troubles = NO_TROUBLES;
    this._emit();
    void this.read();
  }

  /** Ask for what is known of the reduction, and for its log where that is being read. */
  async read(): Promise<void> {
    const name = this._name;
    // Answers may overtake each other, and so may refusals.
    const turn = ++this._turn;
    if (name === null) {
      return;
    }
    if (this._log !== null) {
      void this.readLog();
    }
    const path = `reductions/${pathOf(name)}`;
    const asked = Promise.all([
      this.api.get<ReductionAnswer>(path),
      this.api.get<Provenance>(`${path}/provenance`)
    ]);
    const isWanted = (): boolean => turn === this._turn;
    await this._take('all', asked, isWanted, told => {
      this._shown = told === null ? this._shown : { answer: told[0], provenance: told[1] };
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
      () => this._emit()
    );
    const reader = this._log;
    const isWanted = (): boolean => reader === this._log;
    // The reader keeps what it reads.
    await this._take('log', reader.read(), isWanted, () => undefined);
  }

  /** Compare the input files with what they were. */
  async check(): Promise<void> {
    const name = this._name;
    if (name === null || this._checks === 'checking') {
      return;
    }
    const turn = ++this._checkTurn;
    this._checks = 'checking';
    this._emit();
    const asked = this.api.post<InputChecks>(`reductions/${pathOf(name)}/check-inputs`);
    const isWanted = (): boolean => turn === this._checkTurn;
    await this._take('checks', asked, isWanted, told => {
      this._checks = told?.inputs ?? null;
    });
  }

  /** Keep an answer, null for none, and why there is none: both only if they are still wanted by then. */
  private async _take<T>(
    what: keyof ITroubles,
    asked: Promise<T>,
    isWanted: () => boolean,
    keep: (told: T | null) => void
  ): Promise<void> {
    let told: T | null = null;
    let trouble = '';
    try {
      told = await asked;
    } catch (error) {
      trouble = wordsOf(error);
    }
    if (isWanted()) {
      this._troubles = { ...this._troubles, [what]: trouble };
      keep(told);
      this._emit();
    }
  }

  private _onPush(_: EventStream, push: Push): void {
    const isAbout = push.events?.some(event => event.reduction === this._name) ?? false;
    const isTroubled = this._troubles.all !== '' || this._troubles.log !== '';
    if (isAbout || push.reset || isTroubled) {
      void this.read();
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._stateChanged.emit();
    }
  }

  private readonly _stream: EventStream;
  private readonly _stateChanged = new Signal<this, void>(this);
  private _isDisposed = false;
  private _name: string | null = null;
  private _shown: IShown | null = null;
  private _troubles: ITroubles = NO_TROUBLES;
  private _turn = 0;
  private _checkTurn = 0;
  private _log: LogReader | null = null;
  private _checks: readonly InputCheck[] | 'checking' | null = null;
}
