import type { Standing, WatchLine, WatchPush } from '../api/types.ts';
import { hasEnded } from '../words/states.ts';

/** How a code cell stands that has been started. */
export interface ICellStory {
  status: 'running' | 'completed' | 'failed';
  since: string;
  seconds: number | null;
}

/** What is known of a reduction that is watched. */
export interface IStory {
  standing: Standing | null;
  attempt: number | null;
  offset: number;
  /** Since when the attempt is at work. */
  begun: string | null;
  /** By index among all cells. */
  cells: ReadonlyMap<number, ICellStory>;
  /** Number of the newest code cell, counted from 1, of so many. */
  cell: number;
  of: number;
  /** Whether outputs are left out because there are too many. */
  full: boolean;
  /** Whether all cells ran, and the result is being stored. */
  storing: boolean;
  trouble: string;
  /** How far the server's clock is ahead of this one, in ms. */
  ahead: number;
}

export const NOTHING_KNOWN: IStory = {
  standing: null,
  attempt: null,
  offset: 0,
  begun: null,
  cells: new Map(),
  cell: 0,
  of: 0,
  full: false,
  storing: false,
  trouble: '',
  ahead: 0
};

/** The story after a push; `now` is this computer's time in ms. */
export function takePush(story: IStory, push: WatchPush, now: number): IStory {
  const told: IStory = {
    ...story,
    attempt: push.attempt,
    offset: push.offset,
    ahead: Date.parse(push.now) - now,
    standing: push.standing ?? story.standing,
    trouble: push.trouble ?? story.trouble
  };
  return push.lines.reduce<IStory>((before, line) => takeLine(before, line, push.attempt), told);
}

function takeLine(story: IStory, line: WatchLine, attempt: number): IStory {
  switch (line.kind) {
    case 'notebook': {
      const begun = attempt > 0 ? line.time : null;
      return { ...story, begun, cells: new Map(), cell: 0, of: 0, full: false, storing: false };
    }
    case 'start': {
      const cell: ICellStory = { status: 'running', since: line.time, seconds: null };
      const cells = new Map(story.cells).set(line.index, cell);
      return { ...story, cells, cell: line.cell, of: line.cells };
    }
    case 'end': {
      const since = story.cells.get(line.index)?.since ?? line.time;
      const status = line.status === 'completed' ? 'completed' : 'failed';
      const cells = new Map(story.cells).set(line.index, { status, since, seconds: line.seconds });
      return { ...story, cells };
    }
    case 'full':
      return { ...story, full: true };
    case 'ended':
      return { ...story, storing: true };
    case 'outputs':
      return story;
  }
}

/** Whether nothing will happen any more. */
export function isOver(story: IStory): boolean {
  return story.standing !== null && hasEnded(story.standing.state);
}

/** Index of the cell that runs, null where none does. */
export function runningCell(story: IStory): number | null {
  if (isOver(story)) {
    return null;
  }
  for (const [index, cell] of story.cells) {
    if (cell.status === 'running') {
      return index;
    }
  }
  return null;
}

export type CellLook = 'done' | 'failed' | 'running' | 'waiting';

/** How a cell looks: texts are done as soon as a cell below them, or the whole, is. */
export function cellLook(story: IStory, index: number, isCode: boolean): CellLook {
  const cell = story.cells.get(index);
  if (cell !== undefined) {
    const looks = { running: 'running', failed: 'failed', completed: 'done' } as const;
    return cell.status === 'running' && isOver(story) ? 'failed' : looks[cell.status];
  }
  const reached = Math.max(-1, ...story.cells.keys()) > index || (story.storing && !isCode);
  return reached ? 'done' : 'waiting';
}

/** How long something has taken, in ms, by the server's clock. */
export function elapsed(story: IStory, since: string, now: number): number {
  return Math.max(0, now + story.ahead - Date.parse(since));
}
