import './surroundings';
export { handler } from '../../../../src/lambda/plan-run/plan-run.lambda';
