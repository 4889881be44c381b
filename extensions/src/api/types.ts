import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type BulkFiled = Schemas['BulkFiled'];
export type BulkLine = Schemas['BulkLine'];
export type BulkPlan = Schemas['BulkPlan'];
export type BulkState = Schemas['BulkState'];
export type EventLine = Schemas['EventLine'];
export type ExperimentLine = Schemas['ExperimentLine'];
export type ExperimentList = Schemas['ExperimentList'];
export type Filed = Schemas['Filed'];
export type Health = Schemas['Health'];
export type InstrumentList = Schemas['InstrumentList'];
export type PlannedParameter = Schemas['PlannedParameter'];
export type ProgressLine = Schemas['ProgressLine'];
export type ReductionAnswer = Schemas['ReductionAnswer'];
export type ReductionLine = Schemas['ReductionLine'];
export type RequestAnswer = Schemas['RequestAnswer'];
export type RerunPlan = Schemas['RerunPlan'];
export type RunLine = Schemas['RunLine'];
export type RunPage = Schemas['RunPage'];
export type ServiceLine = Schemas['ServiceLine'];
export type State = Schemas['State'];
export type TemplateAnswer = Schemas['TemplateAnswer'];
export type TemplateList = Schemas['TemplateList'];
export type Problem = Schemas['Problem'];
export type Push = Schemas['Push'];
