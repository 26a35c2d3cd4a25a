import './surroundings';
export { handler } from '../../../../src/lambda/report-run/report-run.lambda';
