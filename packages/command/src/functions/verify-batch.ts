import './surroundings';
export { handler } from '../../../../src/lambda/verify-batch/verify-batch.lambda';
