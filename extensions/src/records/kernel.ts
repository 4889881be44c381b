/**
 * Two mends to JupyterLab's session context for notebooks that get their kernel late.
 *
 * Both replace members of one object, that of the one notebook, and call what was there.
 */

import { getter } from './members.ts';

/** The part of JupyterLab's session context that starts kernels. */
export interface IKernelStart {
  readonly hasNoKernel: boolean;
  startKernel(): Promise<boolean>;
}

/**
 * Make every cell that is run while the kernel starts wait for that one kernel.
 *
 * JupyterLab starts a missing kernel for the first of the cells that are run together; while it
 * starts, a session context says that it has a kernel, and the other cells are dropped unexecuted.
 */
export function shareKernelStart(context: IKernelStart): void {
  const start = context.startKernel.bind(context);
  const hasNoKernel = getter<boolean>(context, 'hasNoKernel');
  let starting: Promise<boolean> | null = null;
  const startOnce = (): Promise<boolean> => {
    starting ??= start().finally(() => {
      starting = null;
    });
    return starting;
  };
  Object.defineProperties(context, {
    startKernel: { value: startOnce, configurable: true },
    hasNoKernel: { get: () => starting !== null || hasNoKernel(), configurable: true }
  });
}

/**
 * Let a session context become ready only once something more has come true.
 *
 * Extensions take "ready" to mean that there is a kernel: that of ipywidgets fails on a notebook
 * that is ready without one, and its controls stay dead when the kernel comes.
 */
export function delayReady(context: { readonly ready: Promise<void> }, more: () => Promise<void>): void {
  const ready = getter<Promise<void>>(context, 'ready');
  Object.defineProperty(context, 'ready', { get: () => ready().then(more), configurable: true });
}
