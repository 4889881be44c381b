import type { Query } from '../api/client.ts';
import type { StreamState } from '../api/stream.ts';
import type {
  ExperimentList,
  Health,
  InstrumentList,
  Push,
  RunLine,
  RunPage,
  ServiceLine
} from '../api/types.ts';
import { Cursor } from './cursor.ts';
import { EVERYTHING, type IFilter, leavesAll, queryOf } from './filter.ts';
import type { Group } from './group.ts';
import { type IWant, Outline, PAGE } from './outline.ts';

/** What the store asks; the API's client is one. */
export interface IAsk {
  get<T>(path: string, query?: Query): Promise<T>;
}

/** How long it waits, in milliseconds. */
export interface IWaits {
  readonly search: number;
  readonly scroll: number;
  readonly again: number;
}

/** Which groups their reader has opened or closed. */
export type Choices = Readonly<Record<string, boolean>>;

const WAITS: IWaits = { search: 200, scroll: 60, again: 1000 };
const MATCHES_AT_ONCE = 500;
const ASKED_AT_ONCE = 4;
/** Groups open by themselves until about so many lines are there to see. */
const SCREEN = 30;

/** What the panel shows, and where it comes from: asked once, and from then on told by the stream. */
export class Store {
  constructor(ask: IAsk, waits: IWaits = WAITS) {
    this.ask = ask;
    this.waits = waits;
  }

  readonly outline = new Outline();
  readonly cursor = new Cursor(this.outline);
  /** What is looked for. */
  filter = EVERYTHING;
  /** Whether it has been read what there is. */
  isRead = false;
  /** Why it could not be read, the last time. */
  error: unknown = null;
  service: ServiceLine | null = null;
  /** Why nothing can be told just now. */
  trouble = '';
  connection: StreamState = 'connecting';
  /** When the connection was lost. */
  lostAt: Date | null = null;
  /** Known where there are no runs at all. */
  health: Health | null = null;
  /** Known once filters are looked at. */
  instruments: InstrumentList['instruments'] = [];
  /** Called when anything has changed, and when a choice of groups has. */
  onChange: () => void = () => undefined;
  onChoice: (choices: Choices) => void = () => undefined;

  /** Take what was chosen before. */
  choose(choices: Choices): void {
    this.choices = new Map(Object.entries(choices));
  }

  /** Read everything anew; until it is shown, what was known may be kept where the same is looked for. */
  read(keep = false): Promise<void> {
    this.reading = this.readNow(keep);
    return this.reading;
  }

  private async readNow(keep: boolean): Promise<void> {
    this.stopWaiting();
    const turn = ++this.turn;
    this.asked.clear();
    this.isStale = false;
    this.isReading = true;
    const { filter } = this;
    const isKept = keep && filter === this.told;
    const query = queryOf(filter);
    const limit = isKept || leavesAll(filter) ? PAGE : MATCHES_AT_ONCE;
    try {
      const [found, newest] = await Promise.all([
        this.ask.get<ExperimentList>('experiments', query),
        this.ask.get<RunPage>('runs', { ...query, limit })
      ]);
      if (turn === this.turn) {
        this.told = filter;
        this.outline.renew(found.experiments, newest.runs, this.isOpen, isKept);
        await this.afterReading(turn);
      }
    } catch (error) {
      if (turn === this.turn) {
        this.error = error;
      }
    }
    if (turn !== this.turn) {
      // Another reading took its place.
      return this.reading;
    }
    this.isReading = false;
    this.onChange();
    this.readAgainIf(this.isStale);
    this.readMissing();
  }

  /** Look for other runs; what is typed may go on. */
  look(filter: IFilter): void {
    this.filter = filter;
    this.passing.clear();
    this.onChange();
    this.wait(this.waits.search, () => void this.read());
  }

  /** The lines that are shown now; what is not known of them is read once scrolling rests. */
  show(from: number, to: number): void {
    this.shown = [from, to];
    clearTimeout(this.scrolling);
    this.scrolling = setTimeout(() => this.readMissing(), this.waits.scroll);
  }

  setOpen(group: Group, isOpen: boolean): void {
    (this.isWhole ? this.choices : this.passing).set(group.key, isOpen);
    this.outline.setOpen(group, isOpen);
    if (this.isWhole) {
      this.onChoice(Object.fromEntries(this.choices));
    }
    this.onChange();
  }

  setExpanded(run: RunLine, isExpanded: boolean): void {
    this.outline.setExpanded(run, isExpanded);
    this.onChange();
  }

  /** Read what can be filtered by. */
  async readInstruments(): Promise<void> {
    try {
      this.instruments = (await this.ask.get<InstrumentList>('instruments')).instruments;
    } catch (error) {
      this.error = error;
    }
    this.onChange();
  }

  /** Take what the stream tells. */
  take(push: Push): void {
    this.takeNotices(push);
    for (const run of push.runs) {
      if (this.isWhole && this.isRead) {
        this.outline.put(run, this.isOpen);
      } else {
        this.outline.replace(run);
      }
    }
    if (push.reset) {
      void this.read();
    } else if (push.runs.length > 0) {
      this.isStale ||= this.isReading;
      this.readAgainIf(!this.isWhole && !this.isReading);
    }
    this.onChange();
  }

  /** Take how the stream fares. */
  connect(state: StreamState): void {
    if (state === 'lost') {
      this.lostAt ??= new Date();
    }
    if (state === 'live') {
      this.lostAt = null;
      this.readAgainIf(this.error !== null);
    }
    this.connection = state;
    this.onChange();
  }

  dispose(): void {
    this.turn++;
    this.reading = Promise.resolve();
    this.stopWaiting();
    clearTimeout(this.scrolling);
    this.onChange = () => undefined;
  }

  private takeNotices(push: Push): void {
    const had = this.trouble;
    this.service = push.service ?? this.service;
    // Who is told of the service has been told it by a workspace in order.
    this.trouble = push.trouble ?? (push.service ? '' : this.trouble);
    this.readAgainIf(had !== '' && this.trouble === '');
  }

  /** Whether the outline is of all runs. */
  private get isWhole(): boolean {
    return leavesAll(this.told);
  }

  private async afterReading(turn: number): Promise<void> {
    this.error = null;
    this.isRead = true;
    if (this.outline.groups.length === 0 && this.isWhole) {
      const health = await this.ask.get<Health>('health');
      if (turn === this.turn) {
        this.health = health;
        this.service = health.service;
      }
    }
  }

  private readMissing(): void {
    const wanted = this.isReading ? [] : this.outline.missing(...this.shown);
    for (const want of wanted) {
      const key = `${want.group.key}:${want.offset}`;
      if (this.asked.size < ASKED_AT_ONCE && !this.asked.has(key)) {
        void this.readPage(want, key);
      }
    }
  }

  private async readPage(want: IWant, key: string): Promise<void> {
    const turn = this.turn;
    this.asked.add(key);
    const { instrument, experiment } = want.group;
    const where = { ...queryOf(this.told), instrument, experiment };
    try {
      const page = await this.ask.get<RunPage>('runs', {
        ...where,
        offset: want.offset,
        limit: PAGE
      });
      if (turn !== this.turn) {
        return;
      }
      this.asked.delete(key);
      this.readAgainIf(!this.outline.learn(want, page.runs, page.total));
      this.onChange();
      this.readMissing();
    } catch (error) {
      if (turn === this.turn) {
        this.asked.delete(key);
        this.error = error;
        this.onChange();
      }
    }
  }

  private readonly isOpen = (key: string, above: number): boolean => {
    if (!this.isWhole) {
      return this.passing.get(key) ?? true;
    }
    if (above < (this.isRead ? 1 : SCREEN)) {
      // It stays open when others become newer.
      this.newest.add(key);
    }
    return this.choices.get(key) ?? this.newest.has(key);
  };

  private readAgainIf(needed: boolean): void {
    if (needed && this.waiting === undefined) {
      this.wait(this.waits.again, () => void this.read(true));
    }
  }

  private wait(milliseconds: number, then: () => void): void {
    this.stopWaiting();
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      then();
    }, milliseconds);
  }

  private stopWaiting(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  private readonly ask: IAsk;
  private readonly waits: IWaits;
  private choices = new Map<string, boolean>();
  /** Choices while a filter is set. */
  private readonly passing = new Map<string, boolean>();
  private readonly newest = new Set<string>();
  private readonly asked = new Set<string>();
  private shown: [number, number] = [0, 0];
  /** What the outline was looked for by. */
  private told: IFilter = EVERYTHING;
  private reading: Promise<void> = Promise.resolve();
  private turn = 0;
  private isReading = false;
  /** Whether something has happened while it was read. */
  private isStale = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private scrolling: ReturnType<typeof setTimeout> | undefined;
}
