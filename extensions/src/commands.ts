/** Where the palette lists them; a name, in any language. */
export const CATEGORY = 'nbreduce';

/**
 * The commands, by what they do. Those about reductions take their names: `{ name }` one, `{ names }` several.
 *
 * Panels, banners and menus call each other through these alone.
 */
export const Commands = {
  /** Show the executed notebook, or watch the reduction while it has none; gives the widget that shows it. */
  open: 'nbreduce:open',
  cancel: 'nbreduce:cancel',
  rerun: 'nbreduce:rerun',
  rerunMany: 'nbreduce:rerun-many',
  openWithKernel: 'nbreduce:open-with-kernel',
  workOnCopy: 'nbreduce:work-on-copy',
  compare: 'nbreduce:compare',
  provenance: 'nbreduce:provenance',
  showRuns: 'nbreduce:show-runs',
  showOutputs: 'nbreduce:show-outputs',
  copyPath: 'nbreduce:copy-path',
  /** About the template in front. */
  checkTemplate: 'nbreduce:check-template',
  nextProblem: 'nbreduce:next-problem',
  tryOnRun: 'nbreduce:try-on-run',
  tryOnLast: 'nbreduce:try-on-last',
  publishTemplate: 'nbreduce:publish-template',
  /** Takes `{ id }` of a trial. */
  showTrial: 'nbreduce:show-trial',
  newTemplate: 'nbreduce:new-template',
  newInstrument: 'nbreduce:new-instrument'
} as const;
