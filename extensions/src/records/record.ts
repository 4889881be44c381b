/**
 * Whether the notebook metadata `nbreduce` is the record of a reduction.
 *
 * A template has the key too, with its title and environment; the record of a reduction adds the
 * run that it was applied to.
 */
export function isRecord(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'run' in metadata;
}
