/**
 * BokehJS itself, in a chunk that is loaded with the first plot.
 *
 * Widgets are in it because figures of trusted notebooks may hold them. MathJax and WebGL are
 * chunks of their own that BokehJS loads when a figure needs them.
 */

import {
  documents,
  embed,
  version,
  type IFigureModel,
  type IModel,
  type IView
} from '@bokeh/bokehjs/build/js/lib/main';
import '@bokeh/bokehjs/build/js/lib/models/widgets/main';

import type { IBokehItem } from './bundle.ts';
import { recolour } from './colours.ts';

export { version };

/** What a figure shows. */
export interface IFigure {
  x: [number, number];
  y: [number, number];
  ground: string;
}

/** A drawn plot. */
export interface IDrawn {
  figures(): IFigure[];
  recolour(light: boolean): void;
  dispose(): void;
}

/** Draw a document into an element that is attached to the page. */
export async function draw(
  item: IBokehItem,
  target: HTMLElement,
  light: boolean
): Promise<IDrawn> {
  const { roots } = await embed.embed_item(item, target);
  const views = [...roots];
  const drawn = {
    figures: () => views.flatMap(view => figuresOf(view.model)),
    recolour: (toLight: boolean) => views.forEach(view => recolour(view.model, toLight)),
    dispose: () => views.forEach(remove)
  };
  drawn.recolour(light);
  return drawn;
}

function figuresOf(root: IModel): IFigure[] {
  const figures = [...root.references()].filter(model => model.type === 'Figure') as IFigureModel[];
  return figures.map(({ x_range, y_range, background_fill_color }) => ({
    x: [x_range.start, x_range.end],
    y: [y_range.start, y_range.end],
    ground: background_fill_color
  }));
}

function remove(view: IView): void {
  const { document } = view.model;
  view.remove();
  if (document !== null) {
    document.clear();
    const position = documents.indexOf(document);
    if (position >= 0) {
      documents.splice(position, 1);
    }
  }
}
