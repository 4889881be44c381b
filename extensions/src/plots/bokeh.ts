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

// With the library, since nothing is coloured before it is there.
export { colour } from './colours.ts';
export { version };

/** What part of its data a figure shows, and on which ground. */
export interface IFigure {
  x: [number, number];
  y: [number, number];
  ground: string;
}

/** A drawn plot. */
export interface IDrawn {
  /** Its figures, in the order of the document. */
  figures(): IFigure[];
  /** Show the same parts of the data as these figures. */
  look(figures: IFigure[]): void;
  dispose(): void;
}

/** Draw a document into an element that is attached to the page. */
export async function draw(item: IBokehItem, target: HTMLElement): Promise<IDrawn> {
  const views = [...(await embed.embed_item(item, target)).roots];
  const models = views.flatMap(view => figuresOf(view.model));
  return {
    figures: () => models.map(read),
    look: figures => models.forEach((model, index) => look(model, figures[index])),
    dispose: () => views.forEach(remove)
  };
}

function figuresOf(root: IModel): IFigureModel[] {
  return [...root.references()].filter(model => model.type === 'Figure') as IFigureModel[];
}

function read({ x_range, y_range, background_fill_color }: IFigureModel): IFigure {
  return {
    x: [x_range.start, x_range.end],
    y: [y_range.start, y_range.end],
    ground: background_fill_color
  };
}

function look({ x_range, y_range }: IFigureModel, figure: IFigure | undefined): void {
  if (figure !== undefined) {
    x_range.setv({ start: figure.x[0], end: figure.x[1] });
    y_range.setv({ start: figure.y[0], end: figure.y[1] });
  }
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
