import * as assert from "uvu/assert";
import { ConfigError, QueueFullError } from "../../../lib/errors.ts";
import { defaultPolicy, type Policy } from "../../../lib/policy/policy.ts";
import {
  type Admission,
  type AdmissionOptions,
  createAdmission,
  type Ticket,
} from "../../../lib/run/admission.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { settle } from "../../support/fake-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the queue before the machine");
const GiB = 1024 ** 3;
const never = new AbortController().signal;

function policyOf(memoryGiB: number, cpus = 0.5): Policy {
  return { ...defaultPolicy, memoryBytes: memoryGiB * GiB, cpus };
}

function createQueue(options: AdmissionOptions = {}): { readonly admission: Admission; asked(): number } {
  let asked = 0;
  const admission = createAdmission(options, async () => {
    asked++;
    return { memoryBytes: 10 * GiB, cpus: 2 };
  });
  return { admission, asked: () => asked };
}

/** Whether it is each ticket's turn. */
async function turnsOf(tickets: readonly Ticket[]): Promise<readonly boolean[]> {
  const turns = tickets.map(() => false);
  for (const [index, ticket] of tickets.entries())
    void ticket.turn(never).then(() => {
      turns[index] = true;
    });
  await settle();
  return turns;
}

test("one run alone asks nobody what the machine has", async () => {
  const { admission, asked } = createQueue();
  await admission.request(policyOf(2)).turn(never);
  assert.equal([admission.counts(), asked()], [{ active: 1, queued: 0 }, 0]);
});

test("runs are let in as long as their memory fits together, and the machine is asked once", async () => {
  const { admission, asked } = createQueue();
  const tickets = Array.from({ length: 6 }, () => admission.request(policyOf(2)));
  assert.equal(await turnsOf(tickets), [true, true, true, true, false, false]);
  assert.is(asked(), 1);
  tickets[1]?.leave();
  assert.equal(await turnsOf(tickets.slice(4)), [true, false]);
  assert.equal(admission.counts(), { active: 4, queued: 1 });
});

test("processors count too, and may be shared as often as asked", async () => {
  for (const [cpuShare, expected] of [
    [1, 2],
    [2, 4],
  ] as const) {
    const { admission } = createQueue({ cpuShare });
    const tickets = Array.from({ length: 6 }, () => admission.request(policyOf(1, 1)));
    assert.is((await turnsOf(tickets)).filter(Boolean).length, expected);
  }
});

test("no more at a time than asked, though the machine had room", async () => {
  const { admission } = createQueue({ maxConcurrent: 2 });
  const tickets = Array.from({ length: 3 }, () => admission.request(policyOf(0.1)));
  assert.equal(await turnsOf(tickets), [true, true, false]);
});

test("nobody is overtaken: a large run is not starved by small ones", async () => {
  const { admission } = createQueue();
  const first = admission.request(policyOf(6));
  const large = admission.request(policyOf(6));
  const small = admission.request(policyOf(0.1));
  assert.equal(await turnsOf([first, large, small]), [true, false, false]);
  first.leave();
  assert.equal(await turnsOf([large, small]), [true, true]);
});

test("a run beyond the share has the machine alone", async () => {
  const { admission } = createQueue();
  const small = admission.request(policyOf(1));
  const huge = admission.request(policyOf(9));
  assert.equal(await turnsOf([small, huge]), [true, false]);
  small.leave();
  const other = admission.request(policyOf(0.1));
  assert.equal(await turnsOf([huge, other]), [true, false]);
});

test("one too many is told at once, and leaves no trace", async () => {
  const { admission } = createQueue({ maxConcurrent: 1, maxQueued: 1 });
  const [first, second] = [admission.request(policyOf(1)), admission.request(policyOf(1))];
  assert.throws(
    () => admission.request(policyOf(1)),
    (error: unknown) =>
      error instanceof QueueFullError && error.maxQueued === 1 && /maxQueued/.test(error.message),
  );
  assert.equal(admission.counts(), { active: 1, queued: 1 });
  first.leave();
  assert.equal(await turnsOf([second]), [true]);
});

test("who is cancelled while waiting need not wait, and who leaves twice leaves once", async () => {
  const { admission } = createQueue({ maxConcurrent: 1 });
  const [first, second, third] = [1, 2, 3].map(() => admission.request(policyOf(1)));
  const controller = new AbortController();
  const turn = second?.turn(controller.signal);
  controller.abort();
  await turn;
  second?.leave();
  second?.leave();
  assert.equal(admission.counts(), { active: 1, queued: 1 });
  first?.leave();
  await third?.turn(never);
  assert.equal(admission.counts(), { active: 1, queued: 0 });
});

test("where the machine cannot be asked, those who wait hear it, and the next one asks again", async () => {
  let isDown = true;
  const admission = createAdmission({}, async () => {
    if (isDown) throw new Error("no Engine");
    return { memoryBytes: 10 * GiB, cpus: 2 };
  });
  admission.request(policyOf(1));
  await rejectionOf(admission.request(policyOf(1)).turn(never), Error, /no Engine/);
  isDown = false;
  await admission.request(policyOf(1)).turn(never);
});

const bad: readonly (readonly [object, RegExp])[] = [
  [{ maxConcurent: 1 }, /did you mean "maxConcurrent"\?/],
  [{ maxConcurrent: 0 }, /maxConcurrent must be a whole number from 1 on/],
  [{ maxQueued: -1 }, /maxQueued must be/],
  [{ memoryShare: 1.5 }, /memoryShare must be/],
  [{ cpuShare: 0 }, /cpuShare must be/],
];

for (const [options, message] of bad)
  test(`${JSON.stringify(options)} is refused`, () => {
    assert.throws(
      () => createQueue(options as AdmissionOptions),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });

test.run();
