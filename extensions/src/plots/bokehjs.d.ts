/** The part of BokehJS that is used here; its own declarations take minutes to check. */
declare module '@bokeh/bokehjs/build/js/lib/main' {
  export interface IModel {
    readonly type: string;
    readonly document: IDocument | null;
    references(): Set<IModel>;
    setv(values: Record<string, unknown>): void;
  }
  export interface IRange extends IModel {
    start: number;
    end: number;
  }
  export interface IFigureModel extends IModel {
    readonly x_range: IRange;
    readonly y_range: IRange;
    readonly background_fill_color: string;
  }
  export interface IDocument {
    clear(): void;
  }
  export interface IView {
    readonly model: IModel;
    remove(): void;
  }
  export interface IViews {
    readonly roots: IView[];
  }
  export const version: string;
  export const documents: IDocument[];
  export const embed: {
    embed_item(item: { root_id: string; doc: unknown }, target: HTMLElement): Promise<IViews>;
  };
}
declare module '@bokeh/bokehjs/build/js/lib/models/widgets/main';
