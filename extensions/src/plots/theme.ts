import type { IThemeManager } from '@jupyterlab/apputils';
import { type ISignal, Signal } from '@lumino/signaling';

/** What a plot needs to know of JupyterLab's theme. */
export interface ITheme {
  isLight(): boolean;
  readonly changed: ISignal<unknown, unknown>;
}

/** The theme of the application; light where it has no themes. */
export function themeOf(manager: IThemeManager | null): ITheme {
  if (manager === null) {
    return { isLight: () => true, changed: new Signal<object, void>({}) };
  }
  return {
    isLight: () => manager.theme === null || manager.isLight(manager.theme),
    changed: manager.themeChanged
  };
}
