/** This is a process of the soak. It runs the epochs that it receives, several at the same time. */
import { runEpoch, SCHEDULES_OF_EPOCH, seedOf } from './epoch';
import { EPOCHS_SIDE_BY_SIDE, type News, type Order } from './messages';

const send = (news: News) => process.send!(news);

process.on('message', ({ epoch, until }: Order) => {
  runEpoch(epoch, seedsUntil(epoch, until), (report) => send({ report })).then(
    () => send({ ready: true, epoch }),
    (error: Error) => send({ ready: true, epoch, error: error.stack ?? error.message }),
  );
});
process.on('disconnect', () => process.exit());
for (let i = 0; i < EPOCHS_SIDE_BY_SIDE; i++) {
  send({ ready: true });
}

function* seedsUntil(epoch: number, until: number): Generator<number> {
  for (let index = 0; index < SCHEDULES_OF_EPOCH && Date.now() < until; index++) {
    yield seedOf(epoch, index);
  }
}
