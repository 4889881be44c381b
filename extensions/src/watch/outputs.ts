/**
 * How the outputs that a cell shows become those that it has now, with as little drawn anew as can be.
 *
 * JupyterLab joins texts of one stream that follow each other; the notebook keeps them apart.
 */

export interface IOutput {
  readonly output_type: string;
  readonly [key: string]: unknown;
}

export type Step =
  | { readonly do: 'add'; readonly output: IOutput }
  | { readonly do: 'set'; readonly index: number; readonly output: IOutput }
  | { readonly do: 'reset'; readonly outputs: readonly IOutput[] };

/** Steps from the outputs `before` to those that have `outputs` from the one at `from` on. */
export function stepsTo(
  before: readonly IOutput[],
  from: number,
  outputs: readonly IOutput[]
): Step[] {
  if (from >= before.length) {
    return outputs.map(output => ({ do: 'add', output }));
  }
  const after = [...before.slice(0, from), ...outputs];
  const shown = joined(before);
  const wanted = joined(after);
  const reset: Step[] = [{ do: 'reset', outputs: after }];
  if (wanted.length < shown.length) {
    return reset;
  }
  const steps: Step[] = [];
  for (const [index, output] of wanted.entries()) {
    const old = shown[index];
    if (old === undefined) {
      steps.push({ do: 'add', output });
    } else if (JSON.stringify(old) !== JSON.stringify(output)) {
      if (isStream(old) || isStream(output)) {
        return reset;
      }
      steps.push({ do: 'set', index, output });
    }
  }
  return steps;
}

function joined(outputs: readonly IOutput[]): IOutput[] {
  const found: IOutput[] = [];
  for (const output of outputs) {
    const last = found.at(-1);
    if (last !== undefined && isStream(last) && isStream(output) && last.name === output.name) {
      found[found.length - 1] = { ...last, text: text(last) + text(output) };
    } else {
      found.push(output);
    }
  }
  return found;
}

function isStream(output: IOutput): boolean {
  return output.output_type === 'stream';
}

function text(output: IOutput): string {
  return Array.isArray(output.text) ? output.text.join('') : String(output.text);
}
