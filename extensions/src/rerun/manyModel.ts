import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer, Throttler } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { type ApiError, pathOf } from '../api/client.ts';
import type { IConnection } from '../api/index.ts';
import type { BulkFiled, BulkPlan, BulkState, InstrumentList, TemplateAnswer } from '../api/types.ts';
import { isDone } from './manyWords.ts';
import { asApiError } from './model.ts';
import type { Field } from './schema.ts';
import type { Values } from './values.ts';

const PAUSE = 400;
const SHOWN = 200;

/** Which reductions: by name, or the newest of an instrument's runs. */
export interface IChoice {
  readonly names: readonly string[];
  readonly instrument: string;
  readonly template: string;
  readonly runs: string;
}

/** The fields of one template, as it was when they were asked for. */
interface IForm {
  readonly template: string;
  readonly sha256: string;
  readonly fields: Field[] | null;
}

const NO_FORM: IForm = { template: '', sha256: '', fields: null };

/** Many reruns, being prepared and then followed. */
export class ManyModel implements IDisposable {
  constructor(connection: IConnection, names: readonly string[]) {
    this._connection = connection;
    this.choice = { names, instrument: '', template: '', runs: '' };
    this._check = new Debouncer(() => this._ask(), PAUSE);
    this._follow = new Throttler(() => this._look(), PAUSE);
    connection.stream.pushed.connect(this._onPushed, this);
    void this._load();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  choice: IChoice;
  instruments: InstrumentList['instruments'] = [];
  values: Values = {};
  plan: BulkPlan | null = null;
  error: ApiError | null = null;
  filing = false;
  state: BulkState | null = null;

  /** Parameters of the one template that is chosen; null where it is not one. */
  get fields(): Field[] | null {
    return this._form.fields;
  }

  get ready(): boolean {
    return this.plan !== null && this.plan.reruns > 0 && !this._checking && !this.filing && this.state === null;
  }

  get checking(): boolean {
    return this._checking;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._connection.stream.pushed.disconnect(this._onPushed, this);
    this._check.dispose();
    this._follow.dispose();
    Signal.clearData(this);
  }

  choose(choice: Partial<IChoice>): void {
    const template = choice.instrument === undefined ? {} : { template: '' };
    this.choice = { ...this.choice, ...template, ...choice };
    this._later();
  }

  change(values: Values): void {
    this.values = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    this._later();
  }

  async submit(): Promise<void> {
    if (!this.ready || this.plan === null) {
      return;
    }
    this.filing = true;
    this._emit();
    try {
      const body = { ...this._body(), templates: this.plan.templates, key: this._key };
      const { bulk } = await this._connection.api.post<BulkFiled>('reruns', body);
      this._bulk = bulk;
      await this._look();
    } catch (error) {
      this.error = asApiError(error);
    }
    this.filing = false;
    this._emit();
  }

  private async _load(): Promise<void> {
    try {
      this.instruments = (await this._connection.api.get<InstrumentList>('instruments')).instruments;
      const [only] = this.instruments;
      if (this.instruments.length === 1) {
        this.choice = { ...this.choice, instrument: only.key };
      }
    } catch (error) {
      this._unlisted = asApiError(error);
    }
    this._later();
  }

  private _later(): void {
    this._key = UUID.uuid4();
    this._checking = true;
    this._emit();
    void this._check.invoke().catch(() => undefined);
  }

  private async _ask(): Promise<void> {
    const key = this._key;
    let plan: BulkPlan | null = null;
    let form = this._form;
    let problem = this._unlisted;
    if (this._isChosen()) {
      try {
        plan = await this._connection.api.post<BulkPlan>('reruns/plan', { ...this._body(), limit: SHOWN });
        form = await this._formFor(plan);
        problem = null;
      } catch (error) {
        plan = null;
        problem = asApiError(error);
      }
    }
    if (key !== this._key) {
      return;
    }
    this.plan = plan;
    this.error = problem;
    this._form = form;
    this._checking = false;
    if (plan !== null && this._dropOthers()) {
      this._later();
    } else {
      this._emit();
    }
  }

  /** Forget values that the form has no field for, which nobody could see or clear; whether there were any. */
  private _dropOthers(): boolean {
    const names = new Set(this.fields?.map(field => field.name));
    const values = Object.entries(this.values);
    const kept = values.filter(([name]) => names.has(name));
    this.values = Object.fromEntries(kept);
    return kept.length < values.length;
  }

  private _isChosen(): boolean {
    const { names, instrument, runs } = this.choice;
    return names.length > 0 || (instrument !== '' && runs.trim() !== '');
  }

  private _body(): object {
    const { names, instrument, template, runs } = this.choice;
    const chosen = names.length > 0 ? { names } : { instrument, runs, template: template || null };
    return { ...chosen, parameters: this.values };
  }

  /** Values can be set where all are by one template. */
  private async _formFor(plan: BulkPlan): Promise<IForm> {
    const [only, ...others] = Object.entries(plan.templates);
    if (others.length > 0) {
      return NO_FORM;
    }
    const { template: before, sha256: then } = this._form;
    const [template, sha256] = only ?? [before, then];
    if (template === before && sha256 === then) {
      return this._form;
    }
    const answer = await this._connection.api.get<TemplateAnswer>(pathOf('templates', ...template.split('/')));
    return { template, sha256, fields: answer.parameters.filter(one => !one.supplied) };
  }

  private _onPushed(): void {
    if (this._bulk !== null && (this.state === null || !isDone(this.state))) {
      void this._follow.invoke().catch(() => undefined);
    }
  }

  private async _look(): Promise<void> {
    if (this._bulk !== null) {
      this.state = await this._connection.api.get<BulkState>(pathOf('reruns', this._bulk));
      this._emit();
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _checking = true;
  private _isDisposed = false;
  private _bulk: string | null = null;
  private _form: IForm = NO_FORM;
  private _unlisted: ApiError | null = null;
  private _key: string = UUID.uuid4();
  private readonly _check: Debouncer<void>;
  private readonly _follow: Throttler<void>;
  private readonly _connection: IConnection;
  private readonly _changed = new Signal<this, void>(this);
}
