import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type EventLine = Schemas['EventLine'];
export type ExperimentLine = Schemas['ExperimentLine'];
export type ExperimentList = Schemas['ExperimentList'];
export type Filed = Schemas['Filed'];
export type Health = Schemas['Health'];
export type InstrumentList = Schemas['InstrumentList'];
export type ProgressLine = Schemas['ProgressLine'];
export type ReductionAnswer = Schemas['ReductionAnswer'];
export type ReductionLine = Schemas['ReductionLine'];
export type RequestAnswer = Schemas['RequestAnswer'];
export type RunLine = Schemas['RunLine'];
export type RunPage = Schemas['RunPage'];
export type ServiceLine = Schemas['ServiceLine'];
export type State = Schemas['State'];
export type TemplateAnswer = Schemas['TemplateAnswer'];
export type TemplateList = Schemas['TemplateList'];
export type Problem = Schemas['Problem'];
export type Push = Schemas['Push'];
export type Standing = Schemas['Standing'];
export type WatchLine = WatchPush['lines'][number];
export type WatchPush = Schemas['WatchPush'];
