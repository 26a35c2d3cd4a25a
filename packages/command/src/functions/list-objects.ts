import './surroundings';
export { handler } from '../../../../src/lambda/list-objects/list-objects.lambda';
