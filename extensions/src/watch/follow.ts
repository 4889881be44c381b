import type { IDisposable } from '@lumino/disposable';

/** By these, a reader moves in a document. */
export const GESTURES = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
/** How long after a gesture what scrolls is taken to be the reader's doing, in ms. */
const GESTURE_LASTS = 1000;
const MARGIN = 24;

/** Keeps one cell in view, until the reader scrolls away from it; comes back when the reader does. */
export class Follower implements IDisposable {
  constructor(scroller: HTMLElement, content: HTMLElement, changed: () => void) {
    this.scroller = scroller;
    this.changed = changed;
    for (const gesture of GESTURES) {
      scroller.addEventListener(gesture, this.onGesture, { passive: true });
    }
    scroller.addEventListener('scroll', this.onScroll, { passive: true });
    this.sizes.observe(content);
  }

  get following(): boolean {
    return this._following;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Follow this cell from now on; null stays where it is. */
  follow(cell: HTMLElement | null): void {
    this.cell = cell;
    this.catchUp();
  }

  /** Go to the cell, wherever the reader is. */
  resume(): void {
    this.become(true);
    this.catchUp();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.sizes.disconnect();
    this.scroller.removeEventListener('scroll', this.onScroll);
    for (const gesture of GESTURES) {
      this.scroller.removeEventListener(gesture, this.onGesture);
    }
  }

  /** Show the cell's end, but never less of its beginning than fits. */
  private catchUp(): void {
    if (this.cell === null || !this._following || !this.cell.isConnected) {
      return;
    }
    const view = this.scroller.getBoundingClientRect();
    const cell = this.cell.getBoundingClientRect();
    const below = cell.bottom + MARGIN - view.bottom;
    const above = cell.top - MARGIN - view.top;
    const distance = above < 0 ? above : Math.min(Math.max(below, 0), above);
    if (Math.abs(distance) >= 1) {
      this.scroller.scrollTop += distance;
    }
  }

  private isInView(): boolean {
    if (this.cell === null || !this.cell.isConnected) {
      return true;
    }
    const view = this.scroller.getBoundingClientRect();
    const cell = this.cell.getBoundingClientRect();
    return cell.top < view.bottom && cell.bottom > view.top;
  }

  private become(following: boolean): void {
    if (following !== this._following) {
      this._following = following;
      this.changed();
    }
  }

  private readonly onGesture = (): void => {
    this.gesture = performance.now();
  };

  private readonly onScroll = (): void => {
    if (performance.now() - this.gesture < GESTURE_LASTS) {
      this.become(this.isInView());
    }
  };

  private readonly scroller: HTMLElement;
  private readonly changed: () => void;
  private readonly sizes = new ResizeObserver(() => this.catchUp());
  private cell: HTMLElement | null = null;
  private gesture = -GESTURE_LASTS;
  private _following = true;
  private _isDisposed = false;
}
