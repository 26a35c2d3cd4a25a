import './surroundings';
export { handler } from '../../../../src/lambda/archive-batch/archive-batch.lambda';
