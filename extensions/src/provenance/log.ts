import type { LogPart } from './types.ts';

/** How much of a log stays on the page, in characters. */
const KEPT = 500_000;

/** What is known of a log: its attempt, how far it was read, and the text. */
export interface ILog {
  attempt: number;
  end: number;
  text: string;
  /** Whether the text begins later than the log. */
  isCut: boolean;
}

/** Add a part to what was known; that of another attempt, or from elsewhere, takes its place. */
export function extendLog(log: ILog | null, part: LogPart): ILog {
  const follows = log !== null && part.attempt === log.attempt && part.start === log.end;
  const text = (follows ? log.text : '') + part.text;
  return {
    attempt: part.attempt,
    end: part.end,
    text: text.slice(-KEPT),
    isCut: (follows ? log.isCut : part.start > 0) || text.length > KEPT
  };
}

/** Reads a log as it grows; what is asked for while it reads is one reading more. */
export class LogReader {
  constructor(ask: (attempt: number, start: number | null) => Promise<LogPart>, changed: () => void) {
    this._ask = ask;
    this._changed = changed;
  }

  log: ILog | null = null;

  /** Read what there is beyond what is known. */
  async read(): Promise<void> {
    this._again = true;
    if (this._isReading) {
      return;
    }
    this._isReading = true;
    try {
      while (this._again) {
        this._again = false;
        const part = await this._ask(this.log?.attempt ?? 0, this.log?.end ?? null);
        this.log = extendLog(this.log, part);
        this._again ||= part.more;
        this._changed();
      }
    } finally {
      this._isReading = false;
    }
  }

  private readonly _ask: (attempt: number, start: number | null) => Promise<LogPart>;
  private readonly _changed: () => void;
  private _isReading = false;
  private _again = false;
}
