import type { TranslationBundle } from '@jupyterlab/translation';

import type { Store } from './store.ts';

/** What the views need of the panel that they stand in. */
export interface IHost {
  readonly store: Store;
  readonly trans: TranslationBundle;
  /** Whether a command is there. */
  can(command: string): boolean;
  run(command: string, args: { name: string } | { names: string[] }): void;
  /** Show what can be done with what is selected, at a point of the window. */
  openMenu(x: number, y: number): void;
}
