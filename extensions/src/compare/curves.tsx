import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { Comparison, OverlaidPlot, PlotComparison } from '../api/types.ts';
import { PLOT_MIME_TYPE } from '../plots/bundle.ts';
import { hasEnded } from '../words/states.ts';
import { agreementNumbers } from './words.ts';

interface ICurvesProps {
  comparison: Comparison;
  plots: readonly OverlaidPlot[];
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

/** The plots that the reductions have in common, each with its numbers. */
export function Curves({ comparison, plots, rendermime, trans }: ICurvesProps): React.ReactElement {
  if (comparison.plots.length === 0) {
    const ended = comparison.reductions.every(one => hasEnded(one.state));
    return ended ? (
      <NoPlots trans={trans} />
    ) : (
      <p className="nbreduce-Compare-empty">
        {trans.__('Curves are compared when the reductions have ended; they appear here by themselves.')}
      </p>
    );
  }
  const labels = new Map(comparison.reductions.map(one => [one.name, one.label]));
  return (
    <>
      {comparison.plots.map((plot, index) => (
        <section key={index} aria-label={plot.title}>
          {plots[index] !== undefined && <Plot plot={plots[index]} rendermime={rendermime} />}
          <Numbers plot={plot} labels={labels} trans={trans} />
        </section>
      ))}
    </>
  );
}

function NoPlots({ trans }: { trans: TranslationBundle }): React.ReactElement {
  return (
    <p className="nbreduce-Compare-empty">
      {trans.__(
        'These reductions have no plot in common, so there are no curves to compare. Plots are matched by their cell, and declare their curves when they are made with nbreduce_kernel.plots.curves.'
      )}
    </p>
  );
}

interface IPlotProps {
  plot: OverlaidPlot;
  rendermime: IRenderMimeRegistry;
}

/** Draws as notebooks do, through the same renderer and its allow-list: the data come from archive files. */
function Plot({ plot, rendermime }: IPlotProps): React.ReactElement {
  const host = React.useRef<HTMLDivElement>(null);
  // In the layout phase, since Lumino detaches a widget only while its host is in the page.
  React.useLayoutEffect(() => {
    const renderer = rendermime.createRenderer(PLOT_MIME_TYPE);
    Widget.attach(renderer, host.current!);
    const data = { [PLOT_MIME_TYPE]: plot.plot } as ReadonlyPartialJSONObject;
    void renderer.renderModel(new MimeModel({ data, trusted: false }));
    return () => renderer.dispose();
  }, [plot, rendermime]);
  return <div ref={host} className="nbreduce-Compare-plot" />;
}

interface INumbersProps {
  plot: PlotComparison;
  labels: ReadonlyMap<string, string>;
  trans: TranslationBundle;
}

function Numbers({ plot, labels, trans }: INumbersProps): React.ReactElement {
  const reference = labels.get(plot.reference) ?? plot.reference;
  const titles = [
    trans.__('largest'),
    trans.__('at'),
    trans.__('of maximum'),
    trans.__('χ² per point'),
    trans.__('points')
  ];
  return (
    <table className="nbreduce-Compare-table nbreduce-Compare-numbers">
      <caption>{trans.__('Difference from %1', reference)}</caption>
      <thead>
        <tr>
          {[trans.__('curve'), trans.__('of'), ...titles].map(title => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {plot.curves.flatMap(curve =>
          curve.agreements.map(one => (
            <tr key={`${curve.curve} ${one.reduction}`}>
              <th scope="row">{curve.curve}</th>
              <td>{labels.get(one.reduction) ?? one.reduction}</td>
              {one.why ? (
                <td colSpan={titles.length}>{trans.__('not subtracted: %1', one.why)}</td>
              ) : one.greatest === 0 ? (
                <td colSpan={titles.length}>{trans.__('identical at all %1 points', one.points)}</td>
              ) : (
                agreementNumbers(one, plot.x_label, plot.y_label).map((text, index) => (
                  <td key={index}>{text}</td>
                ))
              )}
            </tr>
          ))
        )}
      </tbody>
    </table>
  );
}
