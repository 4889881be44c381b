import { plots } from './plots/index.ts';
import { records } from './records/index.ts';

export default [plots, records];
