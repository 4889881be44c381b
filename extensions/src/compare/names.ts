/** The trial and the run in the name of a trial's result; null where it is a reduction's name. */
export function trialIn(name: string): { trial: string; run: string } | null {
  const found = /^trial:([^:]+):(.+)$/.exec(name);
  return found === null ? null : { trial: found[1]!, run: found[2]! };
}
